import { expect, test } from 'vitest';
import { fragment, list, literal, sql } from './sql.ts';

test('a name is numbered where it first stands, and its value is sent once', () => {
  const find = sql`select 1 from a where b = ${'second'} and (c = ${'first'} or d = ${'second'})`;
  expect(find.text).toBe('select 1 from a where b = $1 and (c = $2 or d = $1)');
  expect(find.valuesOf({ first: 1, second: 2 })).toEqual([2, 1]);
});

test('fragments bring their parameters with them', () => {
  const part = fragment`batch = ${'batch'}`;
  const whole = fragment`${part} and line > ${'line'}`;
  const find = sql`select 1 from a where kind = ${'kind'} and ${whole} or ${part}`;
  expect(find.text).toBe('select 1 from a where kind = $1 and batch = $2 and line > $3 or batch = $2');
  expect(find.names).toEqual(['kind', 'batch', 'line']);
});

test('words of the code become literals, and lists of them', () => {
  const words = list(['a', "b'c"].map((word) => literal(word)));
  expect(sql`select 1 where x in (${words})`.text).toBe(`select 1 where x in ('a', 'b''c')`);
});

test('a text in the place of a name is refused', () => {
  expect(() => sql`select 1 from a where id = ${'1; drop table a'}`).toThrow('no name of a parameter');
});
