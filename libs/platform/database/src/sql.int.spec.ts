import { expect, test } from 'vitest';
import { testDatabase } from '#testing';
import { sql, type Db } from './sql.ts';
import { withReading, withTransaction } from './transaction.ts';

const INSERT = sql.returning({ stage: 'text' })`
  insert into stage_pauses (stage, operator) select unnest(${'stages'}::text[]), ${'operator'} returning stage`;
const FIND = sql.returning({ stage: 'text', reason: 'text?' })`select stage, reason from stage_pauses order by stage`;
const EXPLAIN = sql.returning({ stage: 'text' })`
  update stage_pauses set reason = ${'reason'} where stage = any(${'stages'}::text[]) returning stage`;
const SEEN = sql.prepared({ who: 'text', stage: 'text' })`
  select current_setting('app.test') as who, ${'stage'}::text as stage`;
const PLANS = sql.returning({ name: 'text', executions: 'int8' })`
  select name, generic_plans + custom_plans as executions from pg_prepared_statements where name like 'billing_%'`;
const DELETE = sql`delete from stage_pauses where reason = ${'reason'}`;

test('rows of a select, an insert and an update are returned alike, and updates and deletes are counted', async () => {
  const { dataSource } = await testDatabase();
  await withTransaction(dataSource, async (tx) => {
    expect(await INSERT.rows(tx, { stages: ['a', 'b', 'c'], operator: 'test' })).toEqual([
      { stage: 'a' },
      { stage: 'b' },
      { stage: 'c' },
    ]);
    expect(await EXPLAIN.rows(tx, { stages: ['b'], reason: 'why' })).toEqual([{ stage: 'b' }]);
    expect(await EXPLAIN.row(tx, { stages: ['x'], reason: 'why' })).toBeUndefined();
    expect(await EXPLAIN.count(tx, { stages: ['a', 'b'], reason: 'why' })).toBe(2);
  });
  const { manager } = dataSource;
  expect(await FIND.rows(manager)).toEqual([
    { stage: 'a', reason: 'why' },
    { stage: 'b', reason: 'why' },
    { stage: 'c', reason: null },
  ]);
  expect(await FIND.row(dataSource)).toEqual({ stage: 'a', reason: 'why' });
  expect(await DELETE.count(manager, { reason: 'why' })).toBe(2);
  await DELETE.run(manager, { reason: 'why' });
  expect(await FIND.rows(manager)).toHaveLength(1);
  await expect(FIND.count(manager)).rejects.toThrow('counts the rows of an update or a delete alone');
});

test('a connection keeps the plan of a prepared statement, which reads the settings of each reading anew', async () => {
  const { dataSource } = await testDatabase();
  const seen: { readonly who: string; readonly stage: string }[] = [];
  for (const who of ['Ana', 'Rui', 'Eva']) {
    await withReading(dataSource, { 'app.test': who }, async (db) => {
      // Both leave together: the second must not prepare it again.
      seen.push(...(await Promise.all([SEEN.rows(db, { stage: 'a' }), SEEN.rows(db, { stage: 'b' })])).flat());
    });
  }
  expect(seen.map(({ who, stage }) => `${who} ${stage}`)).toEqual([
    'Ana a',
    'Ana b',
    'Rui a',
    'Rui b',
    'Eva a',
    'Eva b',
  ]);
  expect(await PLANS.rows(dataSource)).toEqual([{ name: SEEN.preparedAs, executions: '6' }]);
});

test('a branch that outlives its reading does not run in the next one, which has the same connection', async () => {
  const { dataSource } = await testDatabase();
  const late: Db[] = [];
  const failing = withReading(dataSource, { 'app.test': 'Ana' }, async (db) => {
    late.push(db);
    await SEEN.rows(db, { stage: 'a' });
    throw new Error('another branch failed');
  });
  await expect(failing).rejects.toThrow('another branch failed');
  const [left] = late;
  if (left === undefined) throw new Error('the reading did not begin');

  await withReading(dataSource, { 'app.test': 'Rui' }, async (db) => {
    expect(await SEEN.row(db, { stage: 'a' })).toEqual({ who: 'Rui', stage: 'a' });
    await expect(SEEN.row(left, { stage: 'a' })).rejects.toThrow('the reading is over');
  });
  // Both had the one connection.
  expect(await PLANS.rows(dataSource)).toEqual([{ name: SEEN.preparedAs, executions: '2' }]);
});

test('outside a reading, a prepared statement is planned each time', async () => {
  const { dataSource } = await testDatabase();
  await withTransaction(
    dataSource,
    async (tx) => {
      expect(await SEEN.row(tx, { stage: 'a' })).toEqual({ who: 'Ana', stage: 'a' });
    },
    { settings: { 'app.test': 'Ana' } },
  );
  expect(await PLANS.rows(dataSource)).toEqual([]);
});
