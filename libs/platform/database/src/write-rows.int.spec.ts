import { randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { expect, test } from 'vitest';
import { testDatabase } from '#testing';
import { textArray } from './arrays.ts';
import { createDataSource } from './data-source.ts';
import { violatedConstraint } from './sql-state.ts';
import { fragment, sql, type Statement } from './sql.ts';
import { withTransaction, type Tx } from './transaction.ts';
import { writeRows, type Parameter } from './write-rows.ts';

const INSERT = fragment`
  insert into stage_pauses (stage, operator, reason) select unnest(${'stages'}::text[]), ${'operator'}, ${'reason'}`;
const INSERT_ALL = sql`${INSERT}`;
const SLEEP = sql`insert into stage_pauses (stage, operator) select 'x', pg_sleep(60)::text`;
const INSERT_NEW = sql`${INSERT} on conflict do nothing`;

async function write<Name extends string>(
  dataSource: DataSource,
  statement: Statement<Name, object>,
  values: Readonly<Record<Name, Parameter>>,
): Promise<number> {
  return await withTransaction(dataSource, async (tx) => await writeRows(tx, statement, values));
}

test('writeRows counts the rows written, not the rows given', async () => {
  const { dataSource } = await testDatabase();
  const insert = async (stages: readonly string[]): Promise<number> =>
    await write(dataSource, INSERT_NEW, { stages: textArray(stages), operator: 'test', reason: null });
  expect(await insert(['a', 'b'])).toBe(2);
  expect(await insert(['b', 'c', 'a'])).toBe(1);
  expect(await insert(['a'])).toBe(0);
});

test('buffers, texts, numbers and null arrive unchanged, even larger than a socket takes at once', async () => {
  const { dataSource } = await testDatabase();
  const long = randomBytes(8_000_000).toString('base64');
  const written = await write(
    dataSource,
    sql`
      insert into stage_pauses (stage, operator, reason)
      select md5(stage), length(stage)::text || ' ' || ${'number'}::int, coalesce(${'reason'}, 'no reason')
      from unnest(${'stages'}::text[]) stage`,
    { stages: textArray([long, 'é']), number: -7, reason: null },
  );
  expect(written).toBe(2);
  const rows: object[] = await dataSource.query(`select operator, reason from stage_pauses order by length(operator)`);
  expect(rows).toEqual([
    { operator: '1 -7', reason: 'no reason' },
    { operator: `${long.length.toString()} -7`, reason: 'no reason' },
  ]);
});

test('a refusal rejects as in any other query, and the connection serves the next one', async () => {
  const { dataSource } = await testDatabase();
  const insert = async (stages: Parameter): Promise<number> =>
    await write(dataSource, INSERT_ALL, { stages, operator: 'test', reason: '' });
  const refused = await insert(textArray(['a', 'a'])).catch((error: unknown) => error);
  expect(violatedConstraint(refused)).toBe('stage_pauses_pk');
  await expect(insert(Buffer.from('no array'))).rejects.toMatchObject({ driverError: { code: /^[0-9A-Z]{5}$/ } });
  await expect(write(dataSource, sql`insert into nowhere values (${'x'})`, { x: 'x' })).rejects.toThrow('nowhere');
  expect(await insert(textArray(['b']))).toBe(1);
});

test('a refusal rejects even where pg limits the time of a query', async () => {
  const { url } = await testDatabase();
  const dataSource = createDataSource({
    url: `${url}${url.includes('?') ? '&' : '?'}query_timeout=600000`,
    poolMax: 1,
    applicationName: 'test',
  });
  await dataSource.initialize();
  try {
    const twice = write(dataSource, INSERT_ALL, {
      stages: textArray(['a', 'a']),
      operator: 'test',
      reason: '',
    });
    expect(violatedConstraint(await twice.catch((error: unknown) => error))).toBe('stage_pauses_pk');
  } finally {
    await dataSource.destroy();
  }
});

test('a connection that breaks on the way fails the statement', async () => {
  const { dataSource } = await testDatabase();
  const writing = withTransaction(
    dataSource,
    async (tx) => {
      const [{ pid }]: [{ pid: number }] = await tx.query('select pg_backend_pid() as pid');
      const [written] = await Promise.all([
        writeRows(tx, SLEEP, {}),
        dataSource.query('select pg_terminate_backend($1)', [pid]),
      ]);
      return written;
    },
    { attemptsMax: 1 },
  );
  await expect(writing).rejects.toMatchObject({ driverError: { code: '57P01' } });
});

test('writeRows outside a transaction is refused, because it has no connection', async () => {
  const { dataSource } = await testDatabase();
  const manager = dataSource.manager as Tx; // what the compiler would refuse
  await expect(writeRows(manager, SLEEP, {})).rejects.toThrow('not in a transaction');
});
