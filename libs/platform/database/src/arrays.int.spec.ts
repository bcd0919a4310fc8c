import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { testDatabase } from '#testing';
import { textArray, uuidArray } from './arrays.ts';

/** Text with every character that PostgreSQL stores: all except NUL. */
const text = fc
  .oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('', 'NULL', '{', '}', ',', '"', '\\', ' a ', '\n', '😀', 'ção'),
  )
  .filter((each) => !each.includes('\0'));

async function reader(): Promise<(type: string, parameter: Buffer) => Promise<unknown>> {
  const { dataSource } = await testDatabase();
  return async (type, parameter) => {
    const [row]: { read: unknown }[] = await dataSource.query(`select $1::${type}[]::text[] as read`, [parameter]);
    return row?.read;
  };
}

test('PostgreSQL reads back every array of texts, with its nulls', async () => {
  const read = await reader();
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(text)), async (values) => {
      expect(await read('text', textArray(values))).toEqual(values);
    }),
    { numRuns: 60 },
  );
});

test('an array of texts does not change when shorter, longer and very long ones follow', async () => {
  const read = await reader();
  const all = [['the first'], ['a', null], ['ção'.repeat(100_000)], ['x'.repeat(3_000_000)], ['the last']];
  const arrays = all.map((values) => textArray(values));
  for (const [index, values] of all.entries()) {
    const array = arrays[index];
    expect(array === undefined ? undefined : await read('text', array)).toEqual(values);
  }
});

test('PostgreSQL reads back every uuid', async () => {
  const read = await reader();
  const packed = randomBytes(3 * 16);
  const hex = [0, 1, 2].map((index) => packed.subarray(index * 16, index * 16 + 16).toString('hex'));
  expect(((await read('uuid', uuidArray(packed))) as string[]).map((uuid) => uuid.replaceAll('-', ''))).toEqual(hex);
});

test('PostgreSQL refuses an array of another type instead of misreading it', async () => {
  const read = await reader();
  await expect(read('text', uuidArray(randomBytes(16)))).rejects.toMatchObject({ driverError: { code: '42804' } });
});
