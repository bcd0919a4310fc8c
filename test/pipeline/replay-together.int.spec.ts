import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { DeadLetter } from '#broker';
import { withTransaction } from '#database';
import { waitFor } from '#testing';
import { findReplays } from '../../apps/billing-api/src/operations/dead-letters/letter.queries.ts';
import { BY_TEST } from '../../apps/billing-api/src/operations/dead-letters/letters.fixture.ts';
import { runAction } from '../../apps/billing-api/src/operations/dead-letters/run-action.ts';
import { buryDeadLetter } from '../../apps/dispatcher/src/dead-letters/bury-dead-letter.ts';
import { suspect } from '../../apps/dispatcher/src/dead-letters/suspect.ts';
import { watch } from '../../apps/dispatcher/src/watchdog/watch.ts';
import { testCaller, testTenancy } from '../../libs/billing/access/src/test-tenant.fixture.ts';
import { ended, lettersOf, LINES, poison, published, replay, replayLab, ROWS, work } from './replay-lab.fixture.ts';

const idle = async (): Promise<boolean> => await Promise.resolve(true);

const ALL = { read: ROWS, issued: ROWS, dead: 0, debts: ROWS, boletos: ROWS };

test('letters of one chunk are one message for each stage, and every row ends', async () => {
  const given = await replayLab();
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
  const given = await replayLab();
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
] as const)(
  'a row among neighbours that cannot go into %s is dead again, alone, and names its letter',
  async (table, of) => {
    const given = await replayLab();
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
  },
);

test('two replays of overlapping selections at once replay each letter once', async () => {
  const given = await replayLab();
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

test('rows that another message did first are left to it, and the other neighbours are done', async () => {
  const given = await replayLab();
  const { rows, debts } = given.batches;
  await replay(given, { filter: {} });
  // Announces work that dispatcher missed although its message existed.
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

test('a late copy of a dead message does nothing after its letter was replayed with neighbours', async () => {
  const given = await replayLab();
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

test('a message of neighbours that comes again, as itself or as another, changes nothing', async () => {
  const given = await replayLab();
  const { debts: batchId } = given.batches;
  await replay(given, { filter: { batchId } });
  const [sent] = await given.rowsOf('select message_id, name, body from outbox');
  await work(given);
  expect(await ended(given, batchId)).toEqual(ALL);
  const numbers = 'select nosso_numero from boletos where batch_id = $1 order by nosso_numero';
  const before = await given.rowsOf(numbers, batchId);
  const handled = `select count(*)::int as n from inbox where queue = 'boleto-generator.suspects'`;
  const [first] = await given.rowsOf(handled);

  for (const messageId of [sent?.['message_id'], randomUUID()]) {
    await given.rowsOf(
      'insert into outbox (message_id, name, body) values ($1, $2, $3)',
      messageId,
      sent?.['name'],
      JSON.stringify(sent?.['body']),
    );
    await waitFor(async () => (await published(given)).length === 0, { describe: 'an empty outbox' });
  }
  await waitFor(async () => Number((await given.rowsOf(handled))[0]?.['n']) > Number(first?.['n']), {
    describe: 'the message to be handled',
  });

  expect(await given.rowsOf(numbers, batchId)).toEqual(before);
  expect(await ended(given, batchId)).toEqual(ALL);
});

test('a replay that fails before it is committed leaves letters and rows as they were', async () => {
  const given = await replayLab();
  const state = async () => [
    await given.rowsOf('select status, replayed_as, count(*) as n from dead_letters group by status, replayed_as'),
    await given.rowsOf('select count(*) as n, sum(dead) as dead from chunk_results where dead > 0'),
    await given.rowsOf('select status, count(*) as n from batches group by status'),
    await given.rowsOf('select count(*) as inbox from inbox'),
  ];
  const before = await state();
  // The statement after the last one that concerns the rows.
  await given.rowsOf(`
    create function crash() returns trigger language plpgsql as $$ begin raise exception 'crash'; end $$`);
  await given.rowsOf(`create trigger crash before update on dead_letters for each row execute function crash()`);

  await expect(replay(given, { filter: {} })).rejects.toThrow('crash');

  expect(await state()).toEqual(before);
  expect(await published(given)).toEqual([]);
  await given.rowsOf('drop trigger crash on dead_letters');
  expect(await replay(given, { filter: {} })).toMatchObject({ done: 2 * ROWS });
});

test('messages that a replay has still to publish do not count as missing', async () => {
  const given = await replayLab();
  await replay(given, { filter: {} }, 1);
  const round = await watch(given.dataSource, 0, idle);
  expect(round?.announced).toEqual([]);
  // Publishes the due messages as the relay does; then all of them are lost.
  await given.rowsOf('delete from outbox');
  const later = await watch(given.dataSource, 0, idle);
  expect(later?.announced.length).toBeGreaterThan(0);
});

test('at most as many rows are joined as letters are requested in a second', async () => {
  const given = await replayLab();
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

test('a letter is not a neighbour if its row is not dead or it was discarded', async () => {
  const given = await replayLab();
  const { rows: batchId } = given.batches;
  const [discarded = ''] = await lettersOf(given, batchId, [10]);
  await runAction(testTenancy(given.dataSource), { name: 'discard', ...BY_TEST, selection: { ids: [discarded] } });
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

test('a dead message of neighbours is one letter, which each of their letters names', async () => {
  const given = await replayLab();
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
    const replays = await testTenancy(dataSource).readAsOperator(testCaller(), (db) => findReplays(db, id ?? ''));
    expect(replays).toEqual([open[0]?.['id']]);
  }
  expect(await given.rowsOf(`select sum(dead)::int as dead from chunk_results where batch_id = $1`, batchId)).toEqual([
    { dead: ROWS },
  ]);
  await given.rowsOf('delete from outbox');
  expect(await replay(given, { filter: { batchId } })).toMatchObject({ done: 1 });
  await work(given);
  expect(await ended(given, batchId)).toEqual(ALL);
});
