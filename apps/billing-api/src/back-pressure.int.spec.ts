import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answerOf, createTestDatabase, insertBatch, postJson, type TestDatabase } from '#testing';
import { startApp, type RunningApp } from './billing-api.fixture.ts';

let database: TestDatabase;
let app: RunningApp;

beforeAll(async () => {
  database = await createTestDatabase();
  app = await startApp({ databaseUrl: database.url });
  // Far ahead, so that it stays fresh for as long as these tests run.
  await database.dataSource.query(
    `insert into publisher_blocks (relay, blocked_at, seen_at) values ($1, now(), now() + interval '1 hour')`,
    [randomUUID()],
  );
});

afterAll(async () => {
  await app.stop();
  await database.drop();
});

async function expectRefusal(response: Response): Promise<void> {
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '10']);
  expect((await answerOf(response)).code).toBe('BROKER_BLOCKED');
}

test('while the broker blocks its publishers, an export and a replay are refused; a dry run and a discard make no work', async () => {
  const { id } = await insertBatch(database.dataSource, {
    status: 'completed',
    rowsRead: 1n,
    chunksTotal: 1,
    splitAt: new Date(),
    completedAt: new Date(),
  });
  const letters = `${app.url}/v1/dead-letters`;
  await expectRefusal(await postJson(`${app.url}/v1/batches/${id}/exports`, { format: 'pdf-zip' }));
  await expectRefusal(await postJson(`${letters}/replay`, { ids: ['1'] }));
  expect((await postJson(`${letters}/replay`, { ids: ['1'], dryRun: true })).status).toBe(200);
  expect((await postJson(`${letters}/discard`, { ids: ['1'] })).status).toBe(200);
});

test('the API page says so', async () => {
  const document = (await (await fetch(`${app.url}/docs-json`)).json()) as {
    paths: Record<string, { post?: { responses: Record<string, { description: string }> } }>;
  };
  const descriptionOf = (path: string) => document.paths[path]?.post?.responses['503']?.description;
  const codes = 'BROKER_BLOCKED · OUTBOX_FULL · UNAVAILABLE';
  expect(descriptionOf('/v1/batches/{id}/exports')).toBe(codes);
  expect(descriptionOf('/v1/dead-letters/replay')).toContain(codes);
});
