// One organization sends many files, then another sends one: how long does that one take, against alone?
import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeKey } from '#access';
import { keyPermissions } from '#contracts/http';
import { createDataSource } from '#database';
import { CSV_HEADER } from '#debts-csv';
import type { Log } from '#scripts/lib/run/log.mjs';
import { until } from '#scripts/lib/run/wait.mjs';
import { getJson, uploadFile } from '#scripts/lib/system/api-client.mjs';
import { useKey } from '#scripts/lib/system/api-key.mjs';
import type { BenchStack } from '../pipeline/stack.ts';

const CROWD_FILES = 50;
const CROWD_ROWS = 20_000;
const SINGLE_ROWS = 1_000;
/** The last boleto of the single file, against the same file alone. */
const RATIO_MAX = 3;
const POLL_MS = 100;
const PATIENCE_MS = 1_800_000;
const ENDED = new Set(['completed', 'completed_with_rejections', 'failed', 'cancelled']);

interface Organization {
  readonly key: string;
  readonly issuerId: string;
}

export interface OrganizationsResult {
  readonly crowdFiles: number;
  readonly singleAloneSeconds: number;
  readonly singleBehindSeconds: number;
  readonly ratio: number;
  readonly ratioMax: number;
  /** Files of the crowd that were completed before the single one. */
  readonly crowdCompletedBefore: number;
}

export async function benchOrganizations(stack: BenchStack, log: Log): Promise<OrganizationsResult> {
  const crowd = await organization(stack, 'crowd');
  const single = await organization(stack, 'single');
  const alone = await timed(async () => await completed(stack, single, await send(stack, single, SINGLE_ROWS)));
  const files: string[] = [];
  for (let at = 0; at < CROWD_FILES; at += 1) files.push(await send(stack, crowd, CROWD_ROWS));
  const behind = await timed(async () => await completed(stack, single, await send(stack, single, SINGLE_ROWS)));
  const rows = await stack.query(`select 1 from batches where id = any($1::uuid[]) and completed_at is not null`, [
    files,
  ]);
  const result = {
    crowdFiles: CROWD_FILES,
    singleAloneSeconds: Number(alone.toFixed(2)),
    singleBehindSeconds: Number(behind.toFixed(2)),
    ratio: Number((behind / alone).toFixed(2)),
    ratioMax: RATIO_MAX,
    crowdCompletedBefore: rows.length,
  };
  log.info(
    `\n${String(CROWD_FILES)} files of one organization, then one of another: ${String(result.singleBehindSeconds)} s, ` +
      `alone ${String(result.singleAloneSeconds)} s: ${String(result.ratio)} times (goal ${String(RATIO_MAX)})`,
  );
  return result;
}

/** Makes an organization with a key and an issuer, which has the account of the demo issuer. */
async function organization(stack: BenchStack, slug: string): Promise<Organization> {
  const [organizationId, issuerId] = [randomUUID(), randomUUID()];
  await stack.query(
    `insert into organizations (id, name, slug, limits)
     select $1, $2, $2, limits from organizations where slug = 'default'`,
    [organizationId, slug],
  );
  await stack.query(
    `insert into issuers (id, organization_id, name, document, address, bank_code, account)
     select $1, $2, name, document, address, bank_code, account from issuers order by created_at limit 1`,
    [issuerId, organizationId],
  );
  const dataSource = createDataSource({ url: stack.databaseUrl, poolMax: 1, applicationName: 'bench' });
  await dataSource.initialize();
  try {
    const { secret } = await makeKey(dataSource.manager, {
      organizationId,
      name: slug,
      kind: 'test',
      scopes: keyPermissions,
      issuerIds: null,
      cidrs: null,
      expiresInDays: 1,
      createdBy: null,
    });
    return { key: secret, issuerId };
  } finally {
    await dataSource.destroy();
  }
}

/** Sends a file of new debts and returns the id of its batch. */
async function send({ run, system }: BenchStack, { key, issuerId }: Organization, rows: number): Promise<string> {
  const path = join(run.folder, `file-${randomUUID()}.csv`);
  const lines = Array.from({ length: rows }, () => `Ana Lima,1234,ana@example.com,10.50,2022-10-06,${randomUUID()}\n`);
  writeFileSync(path, `${CSV_HEADER}\n${lines.join('')}`);
  useKey(system.uploadApiUrl, key);
  const fields = { profile: 'lenient', issuerId };
  const { body } = await uploadFile(`${system.uploadApiUrl}/v1/batches`, path, fields, run.signal);
  rmSync(path);
  return body.id;
}

async function completed({ run, system }: BenchStack, { key }: Organization, id: string): Promise<void> {
  useKey(system.billingApiUrl, key);
  const ended = await until(
    async () => {
      const batch = (await getJson(`${system.billingApiUrl}/v1/batches/${id}`, run.signal)) as {
        readonly status: string;
      };
      return ENDED.has(batch.status) && batch;
    },
    { timeoutMs: PATIENCE_MS, intervalMs: POLL_MS, signal: run.signal, what: 'the single file' },
  );
  if (ended.status !== 'completed') throw new Error(`the single file is ${ended.status}`);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1_000;
}
