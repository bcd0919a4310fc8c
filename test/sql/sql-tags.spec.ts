import { describe, expect, test } from 'vitest';
import { productionFiles } from '../docs/statements.ts';
import { queryFiles, readSql } from './sql-tags.ts';

test('SQL stands in *.queries.ts alone, in statements that loading the module registers', () => {
  expect(queryFiles().length).toBeGreaterThan(40);
  expect(productionFiles().flatMap((file) => readSql(file).faults)).toEqual([]);
});

const queries = 'apps/notifier/src/planted.queries.ts';
const plain = 'apps/notifier/src/planted.ts';

describe('a planted violation is caught', () => {
  test.each([
    ['SQL in a plain file', plain, 'const A = sql`delete from batches`;'],
    ['a fragment in a plain file', plain, 'const A = fragment`from batches`;'],
    ['columns in a plain file', plain, "const A = sql.returning({ id: 'uuid' })`select id from batches`;"],
    ['a text in a plain file', plain, "const A = 'delete from batches where id = $1';"],
    ['a template in a plain file', plain, 'const A = `\n select id from ${table}`;'],
    ['a query in a plain file', plain, "await tx.query(words.join(' '));"],
    ['a query by its name as text', plain, "await tx['query'](text);"],
    ['a query with a text in a file of queries', queries, 'await tx.query(`select 1 from batches`);'],
    ['a text without a tag in a file of queries', queries, 'const A = `update batches set status = $1`;'],
    ['a statement that is made in a function', queries, 'function find() { return sql`select 1 from batches`; }'],
    ['a statement that is made in a lambda', queries, 'const find = () => sql`select 1 from batches`;'],
    ['a statement that is made in a method', queries, 'class A { b() { return sql`select 1 from batches`; } }'],
  ])('%s', (_, file, source) => {
    expect(readSql(file, source).faults).not.toEqual([]);
  });

  test('and what is allowed is not', () => {
    const source = `
      const PART = fragment\`from batches where id = \${'id'}\`;
      const FIND = sql.returning({ id: 'uuid' })\`select id \${PART}\`;
      const DELETE = { one: sql\`delete \${PART}\`, other: sql\`delete from chunks\` };
      const withLock = (part) => fragment\`\${part} for update\`;
      export const describe = () => 'Select a file from the list';`;
    expect(readSql(queries, source)).toEqual({ statements: 3, faults: [] });
  });
});
