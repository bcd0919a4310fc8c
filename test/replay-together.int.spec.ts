import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { withTransaction } from '#database';
import type { DeadLetter } from '#messaging';
import { createMetrics } from '#observability';
import { createStorage, type Storage } from '#storage';
import { insertIssuer, testBroker, testDatabase, waitFor, type TestDatabase } from '#testing';
import { IssueChunkHandler } from '../apps/boleto-generator/src/issue/issue-chunk.handler.ts';
import { IssueSuspectHandler } from '../apps/boleto-generator/src/issue/issue-suspect.handler.ts';
import { ValidateChunkHandler } from '../apps/chunk-validator/src/validate-chunk.handler.ts';
import { ValidateSuspectHandler } from '../apps/chunk-validator/src/validate-suspect.handler.ts';
import { buryDeadLetter } from '../apps/outbox-relay/src/bury-dead-letter.ts';
import { closeFinishedBatches } from '../apps/outbox-relay/src/close-batches.queries.ts';
import { suspect } from '../apps/outbox-relay/src/suspect.ts';
import { findReplays } from '../apps/upload-api/src/dead-letters/letter.queries.ts';
import { runAction, type ActionResult } from '../apps/upload-api/src/dead-letters/run-action.ts';
import { makeLetters, type Batches } from './bench/dead-letters/make-letters.mjs';

const TIME_ZONE = 'America/Sao_Paulo';
/** Of whom the letters of the bench are. */
const ISSUER = '00000000-0000-4000-8000-0000000000d1';
/** Of each batch, in one chunk. The row of line 2 is the first. */
const ROWS = 60;
const LINES = Array.from({ length: ROWS }, (_, row) => row + 2);

interface Lab {
  readonly dataSource: TestDatabase['dataSource'];
  readonly storage: Storage;
  /** One with ROWS rows that died when they were validated, one with as many debts that died when they were issued. */
  readonly batches: Batches;
  readonly rowsOf: (sql: string, ...values: readonly unknown[]) => Promise<readonly Record<string, unknown>[]>;
}

async function lab(): Promise<Lab> {
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

/** Workers of both stages, and what drains the dead letters. */
async function work({ dataSource, storage }: Lab): Promise<void> {
  const service = { service: 't', version: '0' };
  const validate = new ValidateChunkHandler(dataSource, storage, TIME_ZONE, createMetrics(service));
  const issue = new IssueChunkHandler(dataSource, TIME_ZONE, createMetrics(service));
  const handlers = [validate, new ValidateSuspectHandler(validate), issue, new IssueSuspectHandler(issue)];
  await testBroker(dataSource, handlers, async (letter: DeadLetter) => {
    const suspicion = await suspect(dataSource.manager, storage, letter);
    return await withTransaction(dataSource, async (tx) => await buryDeadLetter(tx, letter, suspicion));
  });
}

/** The row of this line of a batch cannot be stored. */
async function poison({ rowsOf }: Lab, table: 'debts' | 'boletos', batchId: string, line: number): Promise<void> {
  const lineOf = table === 'debts' ? 'new.line' : '(select line from debts where id = new.debt_id)';
  await rowsOf(`
    create function poison() returns trigger language plpgsql as $$
    begin
      if new.batch_id = '${batchId}' and ${lineOf} = ${line.toString()} then raise exception 'poison'; end if;
      return new;
    end $$`);
  await rowsOf(`create trigger poison before insert on ${table} for each row execute function poison()`);
}

async function replay(
  { dataSource }: Lab,
  selection: Parameters<typeof runAction>[1]['selection'],
  perSecond = 10_000,
): Promise<ActionResult> {
  return await runAction(dataSource, { name: 'replay', operator: 'ana', selection, perSecond });
}

async function lettersOf({ rowsOf }: Lab, batchId: string, lines = LINES): Promise<readonly string[]> {
  const rows = await rowsOf(
    'select id from dead_letters where batch_id = $1 and line = any($2::bigint[]) order by id',
    batchId,
    lines,
  );
  return rows.map(({ id }) => String(id));
}

/** What the replays publish. */
async function published({ rowsOf }: Lab): Promise<readonly unknown[]> {
  const rows = await rowsOf(
    `select name, (body ->> 'fromLine')::int as from_line, (body ->> 'toLine')::int as to_line
     from outbox
     order by name, from_line`,
  );
  return rows.map(({ name, from_line: fromLine, to_line: toLine }) => [name, fromLine, toLine]);
}

/** Waits until a batch has ended, and tells what became of its rows: they always add up to those read. */
async function ended({ dataSource, rowsOf }: Lab, batchId: string): Promise<Record<string, unknown>> {
  await waitFor(
    async () => {
      await closeFinishedBatches(dataSource.manager);
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

const ALL = { read: ROWS, issued: ROWS, dead: 0, debts: ROWS, boletos: ROWS };

test('letters of one chunk are one message for each stage, and every row ends', async () => {
  const given = await lab();
  expect(await replay(given, { filter: {} })).toMatchObject({ done: 2 * ROWS, refusals: {} });
  expect(await published(given)).toEqual([
    ['suspect.ready.v1', 2, ROWS + 1],
    ['suspect.validated.v1', 2, ROWS + 1],
  ]);
  expect(
    await given.rowsOf(
      `select count(*)::int as letters, count(distinct replayed_as)::int as messages,
              count(*) filter (where replayed_as in (select message_id from outbox))::int as linked
       from dead_letters`,
    ),
  ).toEqual([{ letters: 2 * ROWS, messages: 2, linked: 2 * ROWS }]);

  await work(given);

  expect(await ended(given, given.batches.rows)).toEqual(ALL);
  expect(await ended(given, given.batches.debts)).toEqual(ALL);
});

test('letters with finished rows between them are replayed in as many messages as there are gaps', async () => {
  const given = await lab();
  const { debts: batchId } = given.batches;
  const between = [10, 11, 30];
  const results = `chunk_results where batch_id = $1 and stage = 'issue' and from_line = any($2::bigint[])`;
  await work(given);
  await replay(given, { ids: await lettersOf(given, batchId, between) });
  expect(await ended(given, batchId)).toMatchObject({ dead: ROWS - 3, boletos: 3 });
  const before = await given.rowsOf(`select * from ${results}`, batchId, between);

  await replay(given, { filter: { batchId } });

  expect(await ended(given, batchId)).toEqual(ALL);
  expect(await given.rowsOf(`select * from ${results}`, batchId, between)).toEqual(before);
  const [{ n } = {}] = await given.rowsOf(
    `select count(distinct replayed_as)::int as n from dead_letters where batch_id = $1`,
    batchId,
  );
  // Two of those before, one on each side of them.
  expect(n).toBe(2 + 3);
});

test.each([
  ['debts', 'rows'],
  ['boletos', 'debts'],
] as const)('a row amid them that cannot go into %s is dead again, alone, and names its letter', async (table, of) => {
  const given = await lab();
  const batchId = given.batches[of];
  const guilty = 23;
  await poison(given, table, batchId, guilty);
  const letters = await lettersOf(given, batchId, [guilty]);
  await work(given);

  expect(await replay(given, { filter: { batchId } })).toMatchObject({ done: ROWS });

  expect(await ended(given, batchId)).toMatchObject({ dead: 1, boletos: ROWS - 1 });
  const again = await given.rowsOf(
    `select line, replay_of from dead_letters where status = 'open' and batch_id = $1`,
    batchId,
  );
  expect(again).toEqual([{ line: guilty.toString(), replay_of: letters[0] }]);

  await given.rowsOf(`drop trigger poison on ${table}`);
  expect(await replay(given, { filter: { batchId } })).toMatchObject({ done: 1 });
  expect(await ended(given, batchId)).toEqual(ALL);
});

test('two people who replay overlapping selections at the same time replay each letter once, and each row ends once', async () => {
  const given = await lab();
  const { rows: batchId } = given.batches;
  const of = async (from: number, to: number) =>
    await lettersOf(
      given,
      batchId,
      LINES.filter((line) => line >= from && line <= to),
    );
  const [first, second] = [await of(2, 40), await of(20, ROWS + 1)];
  await work(given);

  const results = await Promise.all([replay(given, { ids: first }), replay(given, { ids: second })]);

  expect(results.reduce((sum, { done }) => sum + done, 0)).toBe(ROWS);
  expect(await ended(given, batchId)).toEqual(ALL);
});

test('rows that another message does first are left to it, the rest of the neighbours is done', async () => {
  const given = await lab();
  const { rows, debts } = given.batches;
  await replay(given, { filter: {} });
  // As outbox-relay announces what it missed while it was there after all.
  for (const [name, batchId] of [
    ['suspect.ready.v1', rows],
    ['suspect.validated.v1', debts],
  ]) {
    const body = JSON.stringify({ batchId, chunkNo: 0, fromLine: 20, toLine: 20 });
    await given.rowsOf(
      `insert into outbox (name, body, available_at) values ($1, $2, now() - interval '1 hour')`,
      name,
      body,
    );
  }
  await work(given);

  expect(await ended(given, rows)).toEqual(ALL);
  expect(await ended(given, debts)).toEqual(ALL);
  const [{ n } = {}] = await given.rowsOf(
    `select count(*)::int as n from chunk_results where batch_id = $1 and stage = 'issue' and dead = 0 and from_line in (2, 20, 21)`,
    debts,
  );
  expect(n).toBe(3);
});

test('a late copy of a message that died does nothing once its letter was replayed with its neighbours', async () => {
  const given = await lab();
  const { rows: batchId } = given.batches;
  const [{ message_id: messageId } = {}] = await given.rowsOf(
    'select message_id from dead_letters where batch_id = $1 and line = 20',
    batchId,
  );
  await replay(given, { filter: { batchId } });
  await given.rowsOf(
    `insert into outbox (message_id, name, body, available_at) values ($1, 'chunk.ready.v1', $2, now() - interval '1 hour')`,
    messageId,
    JSON.stringify({ batchId, chunkNo: 0, fromLine: 20, toLine: 20 }),
  );
  await work(given);

  expect(await ended(given, batchId)).toEqual(ALL);
  expect(
    await given.rowsOf(
      `select from_line, to_line from chunk_results where batch_id = $1 and stage = 'validate'`,
      batchId,
    ),
  ).toEqual([{ from_line: '2', to_line: (ROWS + 1).toString() }]);
});

test('no more rows are joined than letters are wanted in a second', async () => {
  const given = await lab();
  await replay(given, { filter: { batchId: given.batches.rows } }, 25);
  expect(await published(given)).toEqual([
    ['suspect.ready.v1', 2, 26],
    ['suspect.ready.v1', 27, 51],
    ['suspect.ready.v1', 52, 61],
  ]);
  expect(
    await given.rowsOf(
      'select round(extract(epoch from available_at - min(available_at) over ()))::int as s from outbox order by available_at',
    ),
  ).toEqual([{ s: 0 }, { s: 1 }, { s: 2 }]);
});

test('a letter whose row is not dead, or was discarded, is no neighbour', async () => {
  const given = await lab();
  const { rows: batchId } = given.batches;
  const [discarded = ''] = await lettersOf(given, batchId, [10]);
  await runAction(given.dataSource, { name: 'discard', operator: 'ana', selection: { ids: [discarded] } });
  await given.rowsOf(
    `update chunk_results set accepted = 1, dead = 0 where batch_id = $1 and stage = 'validate' and from_line = 20`,
    batchId,
  );

  await replay(given, { filter: { batchId } });

  expect(await published(given)).toEqual([
    ['chunk.ready.v1', 20, 20],
    ['suspect.ready.v1', 2, 9],
    ['suspect.ready.v1', 11, 19],
    ['suspect.ready.v1', 21, ROWS + 1],
  ]);
  expect(await given.rowsOf('select status from dead_letters where id = $1', discarded)).toEqual([
    { status: 'discarded' },
  ]);
});

test('a message of neighbours that dies whole is one letter, which each of their letters names', async () => {
  const given = await lab();
  const { debts: batchId } = given.batches;
  await given.rowsOf('delete from dead_letters where batch_id <> $1', batchId);
  await replay(given, { filter: { batchId } });
  const [{ id: messageId } = {}] = await given.rowsOf('select replayed_as::text as id from dead_letters limit 1');
  const part = { batchId, chunkNo: 0, fromLine: 2, toLine: ROWS + 1 };
  const letter: DeadLetter = {
    queue: 'boleto-generator.suspects',
    messageId: z.uuid().parse(messageId),
    messageName: 'suspect.validated.v1',
    body: Buffer.from(JSON.stringify(part)),
    headers: {},
    reason: 'no number left',
    error: null,
    failureClass: 'permanent',
    attempts: 1,
    firstFailedAt: '2026-11-21T10:00:00.000Z',
  };
  const { dataSource, storage } = given;
  const suspicion = await suspect(dataSource.manager, storage, letter);

  expect(await withTransaction(dataSource, async (tx) => await buryDeadLetter(tx, letter, suspicion))).toBe('kept');

  const replayed = await lettersOf(given, batchId);
  const open = await given.rowsOf(
    `select id, replay_of, line from dead_letters where batch_id = $1 and status = 'open'`,
    batchId,
  );
  expect(open).toMatchObject([{ replay_of: replayed[0], line: null }]);
  for (const id of [replayed[0], replayed.at(-1)]) {
    expect(await findReplays(dataSource.manager, id ?? '')).toEqual([open[0]?.['id']]);
  }
  expect(await given.rowsOf(`select sum(dead)::int as dead from chunk_results where batch_id = $1`, batchId)).toEqual([
    { dead: ROWS },
  ]);
  await given.rowsOf('delete from outbox');
  expect(await replay(given, { filter: { batchId } })).toMatchObject({ done: 1 });
  await work(given);
  expect(await ended(given, batchId)).toEqual(ALL);
});
