import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  answerOf,
  attack,
  createTestDatabase,
  documentedOperations,
  insertIssuer,
  undocumentedRefusals,
  type Operation,
  type TestDatabase,
} from '#testing';
import { runUploadApi, type RunningUploadApi } from '../upload-api.fixture.ts';

/** Requests for each operation. */
const REQUESTS = 100;

let database: TestDatabase;
let api: RunningUploadApi;
let origin: string;
let operations: readonly Operation[];
let issuerId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await runUploadApi({ DATABASE_URL: database.url, CLIENT_MISSES_PER_MINUTE: '1000000' });
  origin = await api.origin();
  operations = await documentedOperations(origin);
  issuerId = (await insertIssuer(database.dataSource)).id;
});

afterAll(async () => {
  await api.close();
  await database.drop();
});

test('no request of any documented operation is a fault of ours, or answered with what is not documented', async () => {
  const known = [issuerId];

  for (const operation of operations) await attack(origin, operation, { requests: REQUESTS, known });
}, 300_000);

test('every operation says how it can be refused', () => {
  expect(operations.length).toBe(1);
  expect(operations.flatMap(undocumentedRefusals)).toEqual([]);
});

test('F3: a page of another site sends no file', async () => {
  const sent = await fetch(`${origin}/v1/batches`, { method: 'POST', headers: { Origin: 'https://evil.example' } });

  expect([sent.status, (await answerOf(sent)).code]).toEqual([403, 'ORIGIN_REFUSED']);
});
