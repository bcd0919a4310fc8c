import { afterAll, beforeAll, expect, test } from 'vitest';
import { answerOf, insertBatch, insertIssuer, insertOrganization } from '#testing';
import { csv } from '../../apps/upload-api/src/upload-api.fixture.ts';
import { startSystem, type HttpSystem } from '../http/system.fixture.ts';
import { databaseWithRoles, type DatabaseWithRoles } from './http-roles.fixture.ts';
import { keyOf } from './organization.fixture.ts';

let given: DatabaseWithRoles;
let system: HttpSystem & { stop(): Promise<void> };

beforeAll(async () => {
  given = await databaseWithRoles();
  system = await startSystem(given.database.url, {
    roleUrls: { 'upload-api': given.urlOf('upload-api'), 'billing-api': given.urlOf('billing-api') },
  });
});

afterAll(async () => {
  await system.stop();
  await given.drop();
});

/** An issuer of an organization with these limits, and a key that is bound to another issuer of the same. */
async function bound(limits: object) {
  const { dataSource } = given.database;
  const { id: organizationId } = await insertOrganization(dataSource, { limits });
  const { id: theirs } = await insertIssuer(dataSource, { organizationId });
  const { id: own } = await insertIssuer(dataSource, { organizationId });
  const authorization = `Bearer ${await keyOf(dataSource, organizationId, [own])}`;
  return { theirs, own, authorization };
}

async function upload({ own, authorization }: { readonly own: string; readonly authorization: string }) {
  const form = new FormData();
  form.append('issuerId', own);
  form.append('file', new Blob([csv()]), 'a.csv');
  const answer = await fetch(`${system.origin}/v1/batches`, { method: 'POST', headers: { authorization }, body: form });
  return await answerOf(answer);
}

test.each([
  ['files', { files: 1 }, 'QUOTA_EXCEEDED'],
  ['rows', { rows: 10 }, 'QUOTA_EXCEEDED'],
  ['bytes kept', { keptBytes: 1_000 }, 'LIMIT_REACHED'],
])('a key of one issuer meets the quota of %s that another issuer has used up', async (_, limits, code) => {
  const key = await bound(limits);
  const split = { status: 'processing', chunksTotal: 1, splitAt: new Date(), rowsRead: 10n } as const;
  await insertBatch(given.database.dataSource, { issuerId: key.theirs, bytes: 1_000n, ...split });

  const [limit] = Object.values(limits);
  expect(await upload(key)).toMatchObject({ code, limit, used: limit });
});

test('a key of one issuer meets the bytes of exports that another issuer keeps', async () => {
  const { theirs, own, authorization } = await bound({ exportedBytes: 1_000 });
  const { dataSource } = given.database;
  const { id: theirBatch } = await insertBatch(dataSource, { issuerId: theirs });
  const { id: batchId } = await insertBatch(dataSource, { issuerId: own });
  await dataSource.query(
    `insert into exports (id, batch_id, format, status, bytes, storage_key, completed_at, files_total, files_done)
     values (gen_random_uuid(), $1, 'pdf-zip', 'completed', 1000, 'export', now(), 1, 1)`,
    [theirBatch],
  );

  const answer = await fetch(`${system.origin}/v1/batches/${batchId}/exports`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ format: 'pdf-zip' }),
  });
  expect(await answerOf(answer)).toMatchObject({ code: 'LIMIT_REACHED', limit: 1_000, used: 1_000 });
});
