import { pathToFileURL } from 'node:url';
import pg, { type Connection, type FieldDef } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { column, fragment, sql, Statement, statements, type Columns, type Fragment } from '#database';
import { createTestDatabase, type TestDatabase } from '#testing';
import { queryFiles, readSql } from './sql-tags.ts';

let database: TestDatabase;
let client: pg.Client;
/** PostgreSQL's name of each type, `int4[]` of an array. */
let typeNames: ReadonlyMap<number, string>;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client(database.url);
  await client.connect();
  const { rows } = await client.query<{ oid: number; typname: string }>('select oid, typname from pg_type');
  typeNames = new Map(rows.map(({ oid, typname }) => [oid, typname.replace(/^_(.*)$/, '$1[]')]));
});

afterAll(async () => {
  await client.end();
  await database.drop();
});

/** Has the server parse and plan the text, and tell what it would return, without running it. */
class DescribeQuery extends pg.Query {
  readonly #text: string;

  constructor(text: string, callback: (error: Error | null, result: { readonly fields: readonly FieldDef[] }) => void) {
    super(text, callback);
    this.#text = text;
  }

  override submit = (connection: Connection): void => {
    connection.parse({ name: '', text: this.#text, types: [] }, true);
    connection.describe({ type: 'S', name: '' }, true);
    connection.sync();
  };
}

async function fieldsOf(text: string): Promise<readonly FieldDef[]> {
  return await new Promise((resolve, reject) => {
    client.query(
      new DescribeQuery(text, (error, result) => {
        if (error === null || error === undefined) resolve(result.fields);
        else reject(error);
      }),
    );
  });
}

/** Name and type of the columns that a statement says it returns. */
function said({ columns = {} }: Statement<string, object>): readonly string[] {
  return Object.entries(columns).map(([name, type]) => {
    const typeName = typeof type === 'string' ? type.replace('?', '') : type.type;
    return `${name} ${typeName}`;
  });
}

/** The fault of a statement; undefined if it can be prepared and returns the columns that it says. */
async function faultOf(statement: Statement<string, object>): Promise<string | undefined> {
  try {
    const fields = await fieldsOf(statement.text);
    const returned = fields
      // `select 1` only asks whether there is a row.
      .filter(({ name }) => name !== '?column?')
      .map(({ name, dataTypeID }) => `${name} ${typeNames.get(dataTypeID) ?? 'unknown'}`);
    const [is, says] = [returned.toSorted().join(', '), said(statement).toSorted().join(', ')];
    return is === says ? undefined : `returns ${is}, and not ${says}: ${statement.text}`;
  } catch (error) {
    return `${String(error)}: ${statement.text}`;
  }
}

/** Loads every file of queries. Vitest runs each spec with modules of its own, so that nothing else is registered. */
async function loadAll(): Promise<void> {
  for (const file of queryFiles()) {
    await import(pathToFileURL(new URL(`../../${file}`, import.meta.url).pathname).href);
  }
}

test('every statement of the sources is registered, can be prepared, and returns the columns of its rows', async () => {
  await loadAll();
  const inSources = queryFiles().reduce((sum, file) => sum + readSql(file).statements, 0);
  expect(inSources).toBeGreaterThan(190);
  expect(statements).toHaveLength(inSources);
  const faults: string[] = [];
  for (const statement of statements) {
    const fault = await faultOf(statement);
    if (fault !== undefined) faults.push(fault);
  }
  expect(faults).toEqual([]);
});

function planted(columns: Columns | undefined, text: Fragment<string>): Statement<string, object> {
  return new Statement(text, columns);
}

describe('a planted fault is caught', () => {
  const from = fragment` from chunks where batch_id = ${'batchId'}`;

  test.each([
    [
      'a column that does not exist',
      { chunk_no: 'int4' },
      fragment`select chunk_number as chunk_no${from}`,
      /42703|exist/,
    ],
    ['a column that is missing', { chunk_no: 'int4', rows: 'int4' }, fragment`select chunk_no${from}`, /returns/],
    ['a column too many', { chunk_no: 'int4' }, fragment`select chunk_no, rows${from}`, /returns/],
    ['a column by another name', { chunkNo: 'int4' }, fragment`select chunk_no${from}`, /returns/],
    ['a number that pg returns as text', { first_line: 'int4' }, fragment`select first_line${from}`, /int8/],
    ['a type that TypeScript knows better', { rows: column<1>('text') }, fragment`select rows${from}`, /int4/],
    ['a parameter of another type', undefined, fragment`select 1${from} and batch_id = ${'chunkNo'}::int`, /operator/],
    ['a parameter without a type', { value: 'text' }, fragment`select ${'value'} is null as value`, /returns|type/],
    ['a table that does not exist', undefined, fragment`select 1 from chunk`, /chunk/],
  ] as const)('%s', async (_, columns, text, fault) => {
    expect(await faultOf(planted(columns, text))).toMatch(fault);
  });

  test('and a right one is not', async () => {
    const right = planted({ chunkNo: 'int4' }, fragment`select chunk_no as "chunkNo"${from}`);
    expect(await faultOf(right)).toBeUndefined();
  });

  test('a statement that is made twice, or in a module that is not loaded, changes the number', () => {
    const before = statements.length;
    const made = sql`select 1 from chunks where batch_id = ${'batchId'}`;
    expect(statements).toHaveLength(before + 1);
    statements.splice(statements.indexOf(made), 1);
  });
});
