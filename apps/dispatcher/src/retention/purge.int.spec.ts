import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createStorage, type Storage } from '#storage';
import { insertBatch, testDatabase, type TestDatabase } from '#testing';
import { purge, removeOrphans, type Retention } from './purge.ts';

const RETENTION: Retention = {
  INBOX_RETENTION_DAYS: 30,
  DEAD_LETTER_RETENTION_DAYS: 180,
  UPLOAD_RETENTION_DAYS: 60,
  ORPHAN_RETENTION_DAYS: 7,
  REJECTION_RETENTION_DAYS: 90,
  RECIPIENT_RETENTION_DAYS: 180,
  DEBTOR_RETENTION_DAYS: 3_653,
  EXPORT_RETENTION_DAYS: 30,
};
const NOTHING = {
  inbox: 0,
  deadLetters: 0,
  uploads: 0,
  unknownMessages: 0,
  exports: 0,
  rejections: 0,
  recipients: 0,
  debtors: 0,
};

let storage: Storage;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'purge-'));
  storage = await createStorage({ url: pathToFileURL(folder).href });
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function run(
  { dataSource }: TestDatabase,
  retention: Partial<Retention> = {},
  signal = new AbortController().signal,
) {
  return await purge(dataSource, storage, { ...RETENTION, ...retention }, { signal, batchMax: 3 });
}

async function insertLetter(
  { dataSource }: TestDatabase,
  status: string,
  daysAgo: number,
  batchId?: string,
): Promise<string> {
  const rows: { id: string }[] = await dataSource.query(
    `insert into dead_letters (queue, body, headers, reason, fingerprint, status, settled_at, first_failed_at, created_at, batch_id)
     values ('notifier.chunks', '{}', '{}', 'no luck', '0123456789abcdef', $1,
             case when $1 <> 'open' then now() - make_interval(days => $2) end,
             clock_timestamp(), now() - make_interval(days => $2), $3)
     returning id`,
    [status, daysAgo, batchId],
  );
  return rows[0]?.id ?? '';
}

async function uploaded({ dataSource }: TestDatabase, status: 'cancelled' | 'processing', daysAgo: number) {
  const batch = await insertBatch(dataSource, {
    status,
    receivedAt: new Date(Date.now() - daysAgo * 86_400_000),
    ...(status === 'processing' ? { rowsRead: 1n, chunksTotal: 1, splitAt: new Date() } : {}),
  });
  await storage.put(batch.storageKey, Readable.from([Buffer.from('a file')]));
  return batch;
}

test('inbox rows are kept as long as they have to be, however many there are', async () => {
  const database = await testDatabase();
  await database.dataSource.query(
    `insert into inbox (queue, message_id, processed_at)
     select 'notifier.chunks', gen_random_uuid(), now() - make_interval(days => days)
     from generate_series(26, 35) as days`,
  );

  expect(await run(database)).toEqual({ ...NOTHING, inbox: 6 });

  expect(await run(database)).toEqual(NOTHING);
  expect(await database.dataSource.query('select count(*)::int as n from inbox')).toEqual([{ n: 4 }]);
});

test('dead letters that were dealt with go with their history; open ones stay for ever', async () => {
  const database = await testDatabase();
  const old = await insertLetter(database, 'replayed', 181);
  const kept = [await insertLetter(database, 'discarded', 179), await insertLetter(database, 'open', 999)];
  await insertLetter(database, 'discarded', 400);
  await database.dataSource.query(
    `with action as (
       insert into dead_letter_actions (action, operator, selection, letters) values ('replay', 'ana', '{}', 1) returning id
     )
     insert into dead_letter_histories (dead_letter_id, action_id) select $1, id from action`,
    [old],
  );

  expect(await run(database)).toEqual({ ...NOTHING, deadLetters: 2 });

  const rows: { id: string }[] = await database.dataSource.query('select id from dead_letters order by id');
  expect(rows.map(({ id }) => id)).toEqual(kept);
  expect(await database.dataSource.query('select letters from dead_letter_actions')).toEqual([{ letters: 1 }]);
});

test('files of batches that ended long ago are removed, once', async () => {
  const database = await testDatabase();
  const [old, second] = [await uploaded(database, 'cancelled', 61), await uploaded(database, 'cancelled', 70)];
  const young = await uploaded(database, 'cancelled', 59);
  const running = await uploaded(database, 'processing', 99);
  const needed = await uploaded(database, 'cancelled', 99);
  await insertLetter(database, 'open', 99, needed.id);

  expect(await run(database)).toEqual({ ...NOTHING, uploads: 2 });

  expect(await run(database)).toEqual(NOTHING);
  const sizes = await Promise.all(
    [old, second, young, running, needed].map(({ storageKey }) => storage.size(storageKey)),
  );
  expect(sizes).toEqual([undefined, undefined, 6, 6, 6]);
});

test('files are kept for ever unless a number of days is given', async () => {
  const database = await testDatabase();
  await uploaded(database, 'cancelled', 9_999);
  expect(await run(database, { UPLOAD_RETENTION_DAYS: 0 })).toEqual(NOTHING);
});

test('a purge that is stopped stops', async () => {
  const database = await testDatabase();
  await database.dataSource.query(
    `insert into inbox (queue, message_id, processed_at) values ('notifier.chunks', $1, now() - interval '1 year')`,
    [randomUUID()],
  );
  expect(await run(database, {}, AbortSignal.abort())).toEqual(NOTHING);
});

/** Stored so many days ago, without a batch. */
async function orphan(daysAgo: number, key = `uploads/${randomUUID()}.csv`): Promise<string> {
  await storage.put(key, Readable.from([Buffer.from('a file')]));
  const storedAt = new Date(Date.now() - daysAgo * 86_400_000);
  await utimes(join(folder, key), storedAt, storedAt);
  return key;
}

async function bytesOf(keys: readonly string[]): Promise<readonly (number | undefined)[]> {
  return await Promise.all(keys.map(async (key) => await storage.size(key)));
}

async function sweep({ dataSource }: TestDatabase, days = 7): Promise<number> {
  const signal = new AbortController().signal;
  return await removeOrphans(
    dataSource,
    storage,
    { ORPHAN_RETENTION_DAYS: days },
    { signal, batchMax: 2, now: new Date() },
  );
}

test('an uploaded file whose batch was never committed goes when it is old, however many there are', async () => {
  const database = await testDatabase();
  const old = await Promise.all([8, 9, 10, 11, 12].map(async (days) => await orphan(days)));
  const young = await orphan(6);
  const { storageKey } = await insertBatch(database.dataSource);
  await orphan(400, storageKey); // a batch's own, however old
  const foreign = await orphan(400, 'uploads/somebody-else.csv');
  const exported = await orphan(400, `exports/${randomUUID()}.csv`);

  expect(await sweep(database, 0)).toBe(0);
  expect(await sweep(database)).toBe(old.length);
  expect(await sweep(database)).toBe(0);

  expect(await bytesOf(old)).toEqual(old.map(() => undefined));
  expect(await bytesOf([young, storageKey, foreign, exported])).toEqual([6, 6, 6, 6]);
  for (const key of [young, storageKey, foreign, exported]) await storage.remove(key);
});

test('a message that no relay knows ends where a person sees it, and only after a day', async () => {
  const database = await testDatabase();
  const { dataSource } = database;
  await dataSource.query(
    `insert into outbox (name, body, available_at)
     select name, '{"batchId": "x"}', now() - make_interval(hours => hours)
     from (values ('chunk.split.v9', 25), ('chunk.split.v9', 23), ('chunk.ready.v1', 48)) as t (name, hours),
          generate_series(1, 4)`,
  );

  expect(await run(database)).toEqual({ ...NOTHING, unknownMessages: 4 });
  expect(await run(database)).toEqual(NOTHING);

  expect(await dataSource.query('select name, count(*)::int as n from outbox group by name order by name')).toEqual([
    { name: 'chunk.ready.v1', n: 4 },
    { name: 'chunk.split.v9', n: 4 },
  ]);
  const letters: object[] = await dataSource.query(
    `select distinct queue, message_name, status, convert_from(body, 'UTF8') as body, count(*) over ()::int as n
     from dead_letters`,
  );
  expect(letters).toEqual([
    { queue: 'billing.unroutable', message_name: 'chunk.split.v9', status: 'open', body: '{"batchId": "x"}', n: 4 },
  ]);
});

test('the buckets of callers that have not come for days go, and those that all share stay', async () => {
  const database = await testDatabase();
  await database.dataSource.query(
    `insert into token_buckets (name, empty_at)
     select 'uploads:' || days, now() - make_interval(days => days) from generate_series(0, 7) as days
     union all
     select 'smtp', now() - interval '9 days'`,
  );

  expect(await run(database)).toEqual(NOTHING);

  const left: { name: string }[] = await database.dataSource.query('select name from token_buckets order by name');
  expect(left.map(({ name }) => name)).toEqual(['smtp', 'uploads:0', 'uploads:1']);
});
