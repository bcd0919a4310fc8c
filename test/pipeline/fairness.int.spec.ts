import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { closeFinishedBatches } from '#batches';
import type { AnyHandler, DeadLetter } from '#broker';
import { withTransaction } from '#database';
import { CSV_HEADER } from '#debts-csv';
import { createMetrics } from '#observability';
import { RepeatingTask } from '#process';
import { createStorage, type Storage } from '#storage';
import {
  insertBatch,
  insertIssuer,
  insertOrganization,
  silentLogger,
  testBroker,
  testDatabase,
  waitFor,
  type TestBroker,
  type TestDatabase,
} from '#testing';
import { IssueChunkHandler } from '../../apps/boleto-generator/src/issue/issue-chunk.handler.ts';
import { ValidateChunkHandler } from '../../apps/chunk-validator/src/validate-chunk.handler.ts';
import { buryDeadLetter } from '../../apps/dispatcher/src/dead-letters/bury-dead-letter.ts';
import { suspect } from '../../apps/dispatcher/src/dead-letters/suspect.ts';
import { releaseDue } from '../../apps/dispatcher/src/release/release-chunks.ts';
import { SplitFileHandler } from '../../apps/file-splitter/src/split-file.handler.ts';

const HEADER = `${CSV_HEADER}\n`;
const TIME_ZONE = 'America/Sao_Paulo';
/** About ten rows. */
const CHUNK_BYTES = 600;
const WINDOW = 4;
const BIG_ROWS = 1_200;

let storage: Storage;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairness-'));
  storage = await createStorage({ url: pathToFileURL(folder).href });
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

interface World {
  readonly database: TestDatabase;
  readonly broker: TestBroker;
}

function metrics() {
  return createMetrics({ service: 't', version: '0' });
}

/** Everything from the splitter to the last boleto; `held` is called before each chunk is validated. */
async function world(held?: (batchId: string, chunkNo: number) => Promise<void>): Promise<World> {
  const database = await testDatabase();
  const { dataSource } = database;
  const validate = new ValidateChunkHandler(dataSource, storage, { TIME_ZONE, FAST_PATHS: true }, metrics());
  const holding: AnyHandler = {
    queues: validate.queues,
    handle: async (delivery: Parameters<typeof validate.handle>[0]) => {
      await held?.(delivery.message.batchId, delivery.message.chunkNo);
      return await validate.handle(delivery);
    },
  };
  const issue = new IssueChunkHandler(dataSource, TIME_ZONE, metrics());
  const broker = await testBroker(
    dataSource,
    [new SplitFileHandler(dataSource, storage, CHUNK_BYTES), holding, issue],
    async (letter: DeadLetter) => {
      const suspicion = await suspect(dataSource.manager, storage, letter);
      return await withTransaction(dataSource, async (tx) => await buryDeadLetter(tx, letter, suspicion));
    },
  );
  const relay = new RepeatingTask('relay', 10, silentLogger(), async () => {
    await releaseDue(dataSource, WINDOW);
    await withTransaction(dataSource, closeFinishedBatches);
  });
  relay.start();
  onTestFinished(() => relay.stop());
  return { database, broker };
}

async function upload({ database, broker }: World, mark: string, rows: number, issuerId?: string): Promise<string> {
  const lines = Array.from(
    { length: rows },
    (_, row) => `Ana,52998224725,a@example.com,10.50,2035-01-31,${mark}-${row.toString()}\n`,
  );
  const file = Buffer.from(HEADER + lines.join(''));
  const { id: batchId, storageKey } = await insertBatch(database.dataSource, {
    bytes: BigInt(file.length),
    ...(issuerId === undefined ? {} : { issuerId }),
  });
  await storage.put(storageKey, Readable.from([file]));
  await broker.send('batch.received.v1', { batchId });
  return batchId;
}

interface Progress {
  readonly status: string;
  readonly chunks: number;
  readonly waiting: number;
  readonly finished: number;
  readonly boletos: number;
}

async function progressOf({ database }: World, batchId: string): Promise<Progress> {
  const rows: Progress[] = await database.dataSource.query(
    `select b.status, count(c.*)::int as chunks, count(c.*) filter (where c.released_at is null)::int as waiting,
            (select count(distinct chunk_no)::int from chunk_results where batch_id = b.id and stage = 'issue') as finished,
            (select count(*)::int from boletos where batch_id = b.id) as boletos
     from batches b
     left join chunks c on c.batch_id = b.id
     where b.id = $1
     group by b.id`,
    [batchId],
  );
  if (rows[0] === undefined) throw new Error(`batch ${batchId} does not exist`);
  return rows[0];
}

async function untilStatus(within: World, batchId: string, status: string): Promise<Progress> {
  return await waitFor(
    async () => {
      const progress = await progressOf(within, batchId);
      return progress.status === status ? progress : undefined;
    },
    { describe: `a batch that is ${status}`, timeoutMs: 60_000 },
  );
}

test('a small batch is completed while most chunks of an earlier big batch still wait', async () => {
  const within = await world();
  const big = await upload(within, 'big', BIG_ROWS);
  await waitFor(async () => (await progressOf(within, big)).boletos > 0, { describe: 'the first boletos' });

  const small = await upload(within, 'small', 5);
  expect(await untilStatus(within, small, 'completed')).toMatchObject({ chunks: 1, boletos: 5 });

  const meanwhile = await progressOf(within, big);
  expect(meanwhile.status).toBe('processing');
  expect(meanwhile.waiting).toBeGreaterThan(meanwhile.chunks / 2);
  expect(await untilStatus(within, big, 'completed')).toMatchObject({ waiting: 0, boletos: BIG_ROWS });
});

test('a batch never has more chunks in flight than the window allows', async () => {
  const seen: number[] = [];
  const within = await world(async (batchId) => {
    const { chunks, waiting, finished } = await progressOf(within, batchId);
    seen.push(chunks - waiting - finished);
  });
  const big = await upload(within, 'bounded', 300);
  const { chunks } = await untilStatus(within, big, 'completed');
  expect(seen).toHaveLength(chunks);
  expect(Math.max(...seen)).toBeLessThanOrEqual(WINDOW);
});

test('a file of one organization is done while fifty files of another wait, and gets its share from the first chunk', async () => {
  /** The batches in the order in which their chunks were taken to be validated. */
  const taken: string[] = [];
  const within = await world((batchId) => {
    taken.push(batchId);
    return Promise.resolve();
  });
  const issuerOf = async () => {
    const { id: organizationId } = await insertOrganization(within.database.dataSource);
    return (await insertIssuer(within.database.dataSource, { organizationId })).id;
  };
  const [many, one] = [await issuerOf(), await issuerOf()];
  const crowd: string[] = [];
  for (let at = 0; at < 50; at += 1) crowd.push(await upload(within, `crowd-${at.toString()}`, 40, many));
  const cut = async () =>
    (await Promise.all(crowd.map(async (id) => await progressOf(within, id)))).every(
      ({ status }) => status !== 'received',
    );
  await waitFor(cut, { describe: 'fifty files that are cut', timeoutMs: 60_000 });

  const single = await upload(within, 'single', 40, one);
  const { chunks } = await untilStatus(within, single, 'completed');

  const ended = await Promise.all(crowd.map(async (id) => (await progressOf(within, id)).status === 'completed'));
  expect(ended.filter(Boolean).length, 'of fifty').toBeLessThan(45);
  const [first, last] = [taken.indexOf(single), taken.lastIndexOf(single)];
  const beside = taken.slice(first, last + 1).filter((id) => id !== single).length;
  // Half of the window is its own, so beside each of its chunks stands one of the other, and those that flew already.
  expect(beside).toBeLessThanOrEqual(chunks + WINDOW);
  for (const id of crowd) await untilStatus(within, id, 'completed');
}, 180_000);

test.each(['suspended', 'closed'])('a file is worked off although its organization is %s meanwhile', async (status) => {
  let ended: Promise<unknown> | undefined;
  const within = await world(async () => {
    ended ??= within.database.dataSource.query('update organizations set status = $2 where id = $1', [id, status]);
    await ended;
  });
  const { id } = await insertOrganization(within.database.dataSource);
  const issuer = await insertIssuer(within.database.dataSource, { organizationId: id });

  const batchId = await upload(within, status, 120, issuer.id);

  expect(await untilStatus(within, batchId, 'completed')).toMatchObject({ waiting: 0, boletos: 120 });
});

test('a cancelled batch releases no more chunks, and its finished work stays', async () => {
  let cancel: Promise<unknown> | undefined;
  const within = await world(async (batchId, chunkNo) => {
    if (chunkNo !== 9) return;
    cancel ??= within.database.dataSource.query(`update batches set status = 'cancelled' where id = $1`, [batchId]);
    await cancel;
  });
  const big = await upload(within, 'cancelled', BIG_ROWS);
  await untilStatus(within, big, 'cancelled');
  // Chunks that were being released at that moment are announced when a later batch has ended.
  await untilStatus(within, await upload(within, 'after', 5), 'completed');
  const cancelled = await progressOf(within, big);

  await untilStatus(within, await upload(within, 'later', 5), 'completed');
  const later = await progressOf(within, big);
  expect(later.waiting).toBe(cancelled.waiting);
  expect(later.waiting).toBeGreaterThan(later.chunks / 2);
});

test('poison in a chunk is isolated, and the batch goes on to its last chunk', async () => {
  const within = await world();
  await within.database.dataSource.query(`
    create function poison() returns trigger language plpgsql as $$
    begin
      if new.debt_id in ('poison-7', 'poison-111') then raise exception 'poison'; end if;
      return new;
    end $$;
    create trigger poison before insert on debts for each row execute function poison();
  `);
  const batchId = await upload(within, 'poison', 200);
  expect(await untilStatus(within, batchId, 'completed_with_rejections')).toMatchObject({ waiting: 0, boletos: 198 });
});

test('repeated messages to the splitter and the workers release no chunk twice', async () => {
  const within = await world();
  const batchId = await upload(within, 'twice', 300);
  for (let copy = 0; copy < 3; copy += 1) await within.broker.send('batch.received.v1', { batchId });
  expect(await untilStatus(within, batchId, 'completed')).toMatchObject({ waiting: 0, boletos: 300 });
  const released: { n: number; chunks: number }[] = await within.database.dataSource.query(
    `select (select count(*)::int from inbox where queue = 'chunk-validator.chunks') as n,
            (select count(*)::int from chunks) as chunks`,
  );
  expect(released[0]?.n).toBe(released[0]?.chunks);
});
