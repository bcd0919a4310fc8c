import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays, dayNumber, parseIsoDate } from '#calendar';
import { testDatabase } from '#testing';
import {
  BigintColumnWriter,
  DateColumnWriter,
  IntColumnWriter,
  readBigints,
  readDays,
  TextColumnWriter,
} from './columns.ts';

async function reader(): Promise<(type: string, parameter: Buffer) => Promise<unknown>> {
  const { dataSource } = await testDatabase();
  return async (type, parameter) => {
    const [row]: { read: unknown }[] = await dataSource.query(`select $1::${type}[]::text[] as read`, [parameter]);
    return row?.read;
  };
}

const texts = fc.array(
  fc
    .oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('', 'NULL', '{', '"', '\\', '\n', '😀', 'ção'))
    .filter((each) => !each.includes('\0')),
);

test('PostgreSQL reads back texts, written as strings or copied from bytes', async () => {
  const read = await reader();
  const writer = new TextColumnWriter();
  await fc.assert(
    fc.asyncProperty(texts, async (values) => {
      for (const [place, value] of values.entries()) {
        const bytes = Buffer.from(`,${value},`);
        if (place % 2 === 0) writer.append(value);
        else writer.appendBytes(bytes, 1, bytes.length - 1);
      }
      expect(await read('text', writer.finish().parameter)).toEqual(values);
    }),
    { numRuns: 60 },
  );
});

test('any of the texts can be picked, in any order', async () => {
  const read = await reader();
  const writer = new TextColumnWriter();
  await fc.assert(
    fc.asyncProperty(texts, fc.array(fc.nat()), async (values, numbers) => {
      for (const value of values) writer.append(value);
      const places = values.length === 0 ? [] : numbers.map((number) => number % values.length);
      const column = writer.finish();
      expect(await read('text', column.pick(places))).toEqual(places.map((place) => values[place]));
      expect(places.map((place) => column.textAt(place))).toEqual(places.map((place) => values[place]));
    }),
    { numRuns: 60 },
  );
});

test('a text that does not exist cannot be picked', () => {
  const writer = new TextColumnWriter();
  writer.append('a');
  const column = writer.finish();
  expect(() => column.pick([1])).toThrow(RangeError);
  expect(() => column.textAt(1)).toThrow(RangeError);
});

test('a column does not change when shorter, longer and very long ones follow', async () => {
  const read = await reader();
  const writer = new TextColumnWriter();
  const all = [['the first'], ['a', 'b'], ['ção'.repeat(100_000)], ['x'.repeat(9_000_000)], ['the last']];
  all.push(Array.from({ length: 40_000 }, (_, at) => at.toString()));
  const columns = all.map((values) => {
    for (const value of values) writer.append(value);
    return writer.finish();
  });
  for (const [index, values] of all.entries()) {
    expect(await read('text', columns[index]?.parameter ?? Buffer.alloc(0))).toEqual(values);
  }
});

test('a cleared writer keeps nothing of what was written', async () => {
  const read = await reader();
  const [text, bigint, date] = [new TextColumnWriter(), new BigintColumnWriter(), new DateColumnWriter()];
  text.append('a');
  bigint.append(1);
  date.append(1);
  for (const writer of [text, bigint, date]) writer.clear();
  text.append('b');
  bigint.append(2);
  date.append(2);
  expect(await read('text', text.finish().parameter)).toEqual(['b']);
  expect(await read('bigint', bigint.finish())).toEqual(['2']);
  expect(await read('date', date.finish())).toEqual(['1970-01-03']);
});

test('PostgreSQL reads back integers and days', async () => {
  const read = await reader();
  const [bigint, int, date] = [new BigintColumnWriter(), new IntColumnWriter(), new DateColumnWriter()];
  const first = parseIsoDate('1900-01-01');
  if (first === undefined) throw new Error('no date');
  await fc.assert(
    fc.asyncProperty(fc.array(fc.maxSafeInteger()), fc.array(fc.nat(400_000)), async (integers, days) => {
      for (const integer of integers) bigint.append(integer);
      expect(await read('bigint', bigint.finish())).toEqual(integers.map(String));
      for (const integer of integers) int.append(integer | 0);
      expect(await read('int', int.finish())).toEqual(integers.map((integer) => String(integer | 0)));
      const dates = days.map((each) => addDays(first, each));
      for (const each of dates) date.append(dayNumber(each));
      expect(await read('date', date.finish())).toEqual(dates);
    }),
    { numRuns: 60 },
  );
});

test('arrays that PostgreSQL sends are read back, even empty ones', async () => {
  const { dataSource } = await testDatabase();
  await fc.assert(
    fc.asyncProperty(fc.array(fc.maxSafeInteger()), fc.array(fc.nat(400_000)), async (integers, days) => {
      const [row]: { integers: Buffer; days: Buffer }[] = await dataSource.query(
        `select array_send($1::bigint[]) as integers,
                array_send(array(select date '1970-01-01' + day from unnest($2::int[]) with ordinality t (day, place)
                                 order by place)) as days`,
        [integers, days],
      );
      expect([...readBigints(row?.integers ?? Buffer.alloc(0))]).toEqual(integers.map((each) => each + 0));
      expect([...readDays(row?.days ?? Buffer.alloc(0))]).toEqual(days);
    }),
    { numRuns: 60 },
  );
});

test('an integer that a double cannot hold is refused', async () => {
  const { dataSource } = await testDatabase();
  const [row]: { sent: Buffer }[] = await dataSource.query(`select array_send(array[9007199254740993]) as sent`);
  expect(() => readBigints(row?.sent ?? Buffer.alloc(0))).toThrow('9007199254740993');
});
