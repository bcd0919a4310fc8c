import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { onTestFinished } from 'vitest';
import { closeFinishedBatches } from '#batches';
import type { DeadLetter } from '#broker';
import { withTransaction } from '#database';
import { createMetrics } from '#observability';
import { createStorage, type Storage } from '#storage';
import { insertIssuer, testBroker, testDatabase, waitFor, type TestDatabase } from '#testing';
import { BY_TEST } from '../../apps/billing-api/src/operations/dead-letters/letters.fixture.ts';
import { runAction, type ActionResult } from '../../apps/billing-api/src/operations/dead-letters/run-action.ts';
import { IssueChunkHandler } from '../../apps/boleto-generator/src/issue/issue-chunk.handler.ts';
import { ValidateChunkHandler } from '../../apps/chunk-validator/src/validate-chunk.handler.ts';
import { buryDeadLetter } from '../../apps/dispatcher/src/dead-letters/bury-dead-letter.ts';
import { suspect } from '../../apps/dispatcher/src/dead-letters/suspect.ts';
import { testTenancy } from '../../libs/billing/access/src/test-tenant.fixture.ts';
import { makeLetters, type Batches } from '../bench/dead-letters/make-letters.ts';

const TIME_ZONE = 'America/Sao_Paulo';
/** The issuer of the bench's letters. */
const ISSUER = '00000000-0000-4000-8000-0000000000d1';
/** The rows of each batch, in one chunk. The first row is on line 2. */
export const ROWS = 60;
export const LINES = Array.from({ length: ROWS }, (_, row) => row + 2);

interface Lab {
  readonly dataSource: TestDatabase['dataSource'];
  readonly storage: Storage;
  /** Two batches: one with ROWS rows that died at validation, one with as many debts that died at issuing. */
  readonly batches: Batches;
  readonly rowsOf: (sql: string, ...values: readonly unknown[]) => Promise<readonly Record<string, unknown>[]>;
}

export async function replayLab(): Promise<Lab> {
  const { dataSource } = await testDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'replay-together-'));
  onTestFinished(async () => {
    await rm(folder, { recursive: true });
  });
  const mailbox = join(folder, 'mailbox');
  await mkdir(mailbox);
  await insertIssuer(dataSource, { id: ISSUER });
  const query = async (sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> =>
    await dataSource.query(sql, values);
  const system = { storageFolder: folder, mailbox };
  const batches = await makeLetters({ query, system }, { rows: ROWS, debts: ROWS, emails: 0 });
  const storage = await createStorage({ url: pathToFileURL(folder).href });
  return { dataSource, storage, batches, rowsOf: async (sql, ...values) => await query(sql, [...values]) };
}

/** Starts workers of both stages and the drain of the dead letters. */
export async function work({ dataSource, storage }: Lab): Promise<void> {
  const service = { service: 't', version: '0' };
  const validate = new ValidateChunkHandler(
    dataSource,
    storage,
    { TIME_ZONE, FAST_PATHS: true },
    createMetrics(service),
  );
  const issue = new IssueChunkHandler(dataSource, TIME_ZONE, createMetrics(service));
  const handlers = [validate, issue];
  await testBroker(dataSource, handlers, async (letter: DeadLetter) => {
    const suspicion = await suspect(dataSource.manager, storage, letter);
    return await withTransaction(dataSource, async (tx) => await buryDeadLetter(tx, letter, suspicion));
  });
}

/** The row of this line of a batch cannot be stored. */
export async function poison(
  { rowsOf }: Lab,
  table: 'debts' | 'boletos',
  batchId: string,
  line: number,
): Promise<void> {
  const lineOf = table === 'debts' ? 'new.line' : '(select line from debts where id = new.debt_id)';
  await rowsOf(`
    create function poison() returns trigger language plpgsql as $$
    begin
      if new.batch_id = '${batchId}' and ${lineOf} = ${line.toString()} then raise exception 'poison'; end if;
      return new;
    end $$`);
  await rowsOf(`create trigger poison before insert on ${table} for each row execute function poison()`);
}

export async function replay(
  { dataSource }: Lab,
  selection: Parameters<typeof runAction>[1]['selection'],
  perSecond = 10_000,
): Promise<ActionResult> {
  return await runAction(testTenancy(dataSource), { name: 'replay', ...BY_TEST, selection, perSecond });
}

export async function lettersOf({ rowsOf }: Lab, batchId: string, lines = LINES): Promise<readonly string[]> {
  const rows = await rowsOf(
    'select id from dead_letters where batch_id = $1 and line = any($2::bigint[]) order by id',
    batchId,
    lines,
  );
  return rows.map(({ id }) => String(id));
}

/** The messages that the replays publish. */
export async function published({ rowsOf }: Lab): Promise<readonly unknown[]> {
  const rows = await rowsOf(
    `select name, (body ->> 'fromLine')::int as from_line, (body ->> 'toLine')::int as to_line
     from outbox
     order by name, from_line`,
  );
  return rows.map(({ name, from_line: fromLine, to_line: toLine }) => [name, fromLine, toLine]);
}

/** Waits until a batch has ended and returns the outcomes of its rows, which always add up to the rows read. */
export async function ended({ dataSource, rowsOf }: Lab, batchId: string): Promise<Record<string, unknown>> {
  await waitFor(
    async () => {
      await withTransaction(dataSource, closeFinishedBatches);
      const [batch] = await rowsOf('select status from batches where id = $1', batchId);
      return String(batch?.['status']).startsWith('completed');
    },
    { describe: 'the batch to end', timeoutMs: 40_000 },
  );
  const [sums] = await rowsOf(
    `select sum(rows) filter (where stage = 'validate')::int as read, sum(rows) filter (where stage = 'issue')::int as issued,
            sum(dead)::int as dead,
            (select count(*)::int from debts where batch_id = $1) as debts,
            (select count(*)::int from boletos where batch_id = $1) as boletos
     from chunk_results
     where batch_id = $1`,
    batchId,
  );
  return { ...sums };
}
