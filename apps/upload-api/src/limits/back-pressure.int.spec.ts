import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  answerOf,
  createTestDatabase,
  insertIssuer,
  keyHeader,
  testDatabase,
  waitFor,
  type TestDatabase,
} from '#testing';
import { csv, file, runUploadApi, send, type RunningUploadApi } from '../upload-api.fixture.ts';

const DUE_MAX = 25;

interface Given {
  readonly database: TestDatabase;
  readonly api: RunningUploadApi;
  readonly origin: string;
}

async function start(): Promise<Given> {
  const database = await testDatabase();
  const { id } = await insertIssuer(database.dataSource);
  const api = await runUploadApi({
    DATABASE_URL: database.url,
    DEFAULT_ISSUER_ID: id,
    OUTBOX_DUE_MAX: DUE_MAX.toString(),
  });
  onTestFinished(() => api.close());
  return { database, api, origin: await api.origin() };
}

async function fillOutbox({ database }: Given, count: number, due: 'now' | 'later'): Promise<void> {
  await database.dataSource.query(
    `insert into outbox (name, body, available_at)
     select 'batch.received.v1', '{}', now() + case when $2 = 'later' then interval '1 hour' else interval '0' end
     from generate_series(1, $1::int)`,
    [count, due],
  );
}

async function block({ database }: Given, secondsAgo: number): Promise<void> {
  await database.dataSource.query(
    `insert into publisher_blocks (relay, blocked_at, seen_at)
     values ($1, now() - interval '1 hour', now() - make_interval(secs => $2))`,
    [randomUUID(), secondsAgo],
  );
}

async function expectRefusal(response: Response, code: string): Promise<void> {
  expect(response.status).toBe(503);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(response.headers.get('retry-after')).toBe('10');
  expect((await answerOf(response)).code).toBe(code);
}

test('more due messages than the limit are answered 503, and taken again when they are published', async () => {
  const given = await start();
  await fillOutbox(given, DUE_MAX, 'now');
  expect((await send(given.origin, file(csv()))).status).toBe(202); // with its own message, one more than the limit

  const refused = await waitFor(
    async () => {
      const response = await send(given.origin, file(csv()));
      return response.status === 503 ? response : undefined;
    },
    { describe: 'the full outbox to be seen' },
  );

  await expectRefusal(refused, 'OUTBOX_FULL');
  await given.database.dataSource.query('delete from outbox');
  await waitFor(async () => (await send(given.origin, file(csv()))).status === 202, {
    describe: 'uploads to be taken again',
  });
});

test('messages that are due later are no backlog', async () => {
  const given = await start();
  await fillOutbox(given, DUE_MAX * 4, 'later');
  expect((await send(given.origin, file(csv()))).status).toBe(202);
});

test('a relay that died while it was blocked says nothing about the broker', async () => {
  const given = await start();
  await block(given, 60);
  expect((await send(given.origin, file(csv()))).status).toBe(202);
});

describe('while the broker blocks its publishers', () => {
  let given: Given;
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
    const { id } = await insertIssuer(database.dataSource);
    const api = await runUploadApi({ DATABASE_URL: database.url, DEFAULT_ISSUER_ID: id });
    given = { database, api, origin: await api.origin() };
    // Far ahead, so that it stays fresh for as long as these tests run.
    await block(given, -3_600);
  });

  afterAll(async () => {
    await given.api.close();
    await database.drop();
  });

  test('an upload is refused before its body is read, and leaves nothing', async () => {
    const upload = request(`${given.origin}/v1/batches`, {
      method: 'POST',
      headers: {
        ...keyHeader(given.origin),
        'Content-Type': 'multipart/form-data; boundary=b',
        'Transfer-Encoding': 'chunked',
      },
    });
    upload.flushHeaders(); // not a byte of the body
    const [response] = (await once(upload, 'response')) as [IncomingMessage];
    expect(response.statusCode).toBe(503);
    upload.destroy();
    await expectRefusal(await send(given.origin, file(csv())), 'BROKER_BLOCKED');
    expect(await given.api.storedFiles()).toEqual([]);
    expect(await database.dataSource.query('select 1 from batches')).toEqual([]);
  });

  test('the API page says so', async () => {
    const document = (await (await fetch(`${given.origin}/docs-json`)).json()) as {
      paths: Record<string, { post?: { responses: Record<string, { description: string }> } }>;
    };
    const of = (path: string) => document.paths[path]?.post?.responses['503']?.description;
    expect(of('/v1/batches')).toBe('UPLOADS_FULL · STORAGE_FULL · BROKER_BLOCKED · OUTBOX_FULL · UNAVAILABLE');
  });
});
