import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CalendarDate } from '#calendar';
import { joinBlocks } from '../join-blocks.ts';
import type { StoredPart } from '../part.ts';
import { readZip } from './read-zip.fixture.ts';
import { assembleZip } from './zip-assembly.ts';
import { ZipPart, type ZipFile } from './zip-part.ts';
import { CLASSIC_LIMITS, directoryEnd, directoryRecord, localHeader, type ZipLimits } from './zip-records.ts';

const modifiedOn = '2030-01-31' as CalendarDate;

function fileOf(name: string, content: string): ZipFile {
  return { name, modifiedOn, content: Buffer.from(content) };
}

async function bytesOf(blocks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const block of blocks) all.push(block);
  return Buffer.concat(all);
}

async function* each<T>(values: readonly T[]): AsyncGenerator<T> {
  for (const value of values) yield await Promise.resolve(value);
}

async function makePart(files: readonly ZipFile[]): Promise<StoredPart & { readonly content: Buffer }> {
  const part = new ZipPart();
  const content = await bytesOf(part.blocks(each(files)));
  const { bytes, crc32, entries } = part.summary;
  return {
    content,
    bytes,
    crc32,
    open: async () => await Promise.resolve(each([content.subarray(0, 7), content.subarray(7)])),
    entries: async () => await Promise.resolve(entries),
  };
}

async function zipOf(parts: readonly (readonly ZipFile[])[], limits?: ZipLimits): Promise<Buffer> {
  return await bytesOf(assembleZip(await Promise.all(parts.map(makePart)), limits));
}

const file = fc.record({
  name: fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }),
  modifiedOn: fc
    .date({ min: new Date('1980-01-01'), max: new Date('2107-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10) as CalendarDate),
  content: fc.uint8Array({ maxLength: 200 }),
});
const parts = fc.array(fc.array(file, { maxLength: 5 }), { maxLength: 5 });

/** The smallest limits: every ZIP exceeds them. */
const NOTHING: ZipLimits = { entriesMax: 0, bytesMax: 0 };

describe('a ZIP joined from parts', () => {
  test.each([
    ['classic', CLASSIC_LIMITS],
    ['with entries beyond the classic number', { ...CLASSIC_LIMITS, entriesMax: 2 }],
    ['with offsets beyond the classic size', { ...CLASSIC_LIMITS, bytesMax: 300 }],
    ['with everything beyond', NOTHING],
  ])('a ZIP gives back every file in order: %s', async (_, limits) => {
    await fc.assert(
      fc.asyncProperty(parts, async (given) => {
        const read = readZip(await zipOf(given, limits));
        expect(read).toEqual(
          given.flat().map(({ name, modifiedOn: date, content }) => ({
            name,
            modifiedOn: date,
            unixMode: '100644',
            content: Buffer.from(content),
          })),
        );
      }),
    );
  });

  test('a ZIP does not depend on how its files are divided into parts', async () => {
    const files = ['a', 'b', 'c', 'd'].map((name) => fileOf(`${name}.pdf`, name.repeat(99)));
    const whole = await zipOf([files]);
    expect((await zipOf([files.slice(0, 1), [], files.slice(1)])).equals(whole)).toBe(true);
  });

  test('a ZIP without files is 22 bytes that every program opens', async () => {
    const empty = await zipOf([]);
    expect(empty.toString('hex')).toBe(`504b0506${'00'.repeat(18)}`);
    expect((await zipOf([[], []])).equals(empty)).toBe(true);
  });

  test('a ZIP is refused when a part differs from its record', async () => {
    const part = await makePart([fileOf('a.pdf', 'aaaa')]);
    const other = await makePart([fileOf('a.pdf', 'aaab')]);
    const shorter = await makePart([fileOf('a.pdf', 'aaa')]);
    for (const found of [other, shorter]) {
      const mistaken = { ...part, open: found.open };
      await expect(bytesOf(assembleZip([part, mistaken]))).rejects.toThrow(
        'part 1 of the export is not the one on record',
      );
    }
  });
});

describe('beyond the classic limits', () => {
  const entry = { name: 'a.pdf', modifiedOn, crc32: 0xdeadbeef, bytes: 10 };

  test('65,535 entries need ZIP64, and one less does not', () => {
    expect(directoryEnd({ entries: 65_534, offset: 1, bytes: 1 })).toHaveLength(22);
    const end = directoryEnd({ entries: 65_535, offset: 1_000, bytes: 2_000 });
    expect(end).toHaveLength(56 + 20 + 22);
    expect(end.readBigUInt64LE(32)).toBe(65_535n);
    // The locator points to the record, which follows the directory.
    expect(end.readBigUInt64LE(56 + 8)).toBe(3_000n);
  });

  test('a directory that starts at 4 GiB needs ZIP64; one at the last classic offset does not', () => {
    expect(directoryEnd({ entries: 1, offset: 0xfffffffe, bytes: 1 })).toHaveLength(22);
    expect(directoryEnd({ entries: 1, offset: 0xffffffff, bytes: 1 })).toHaveLength(98);
    expect(directoryEnd({ entries: 1, offset: 1, bytes: 0xffffffff })).toHaveLength(98);
    expect(directoryEnd({ entries: 1, offset: 2 ** 40, bytes: 1 }).readBigUInt64LE(48)).toBe(2n ** 40n);
  });

  test('an entry at 4 GiB gives its offset in an extra field', () => {
    expect(directoryRecord(entry, 0xfffffffe)).toHaveLength(46 + 5);
    const record = directoryRecord(entry, 2 ** 40);
    expect(record).toHaveLength(46 + 5 + 12);
    expect(record.readUInt32LE(42)).toBe(0xffffffff);
    expect(record.readBigUInt64LE(46 + 5 + 4)).toBe(2n ** 40n);
  });

  test.each([
    ['4 GiB', { ...entry, bytes: 2 ** 32 }],
    ['no name', { ...entry, name: '' }],
    ['a name of 64 KiB', { ...entry, name: 'a'.repeat(65_536) }],
    ['a date before 1980', { ...entry, modifiedOn: '1979-12-31' as CalendarDate }],
    ['a date after 2107', { ...entry, modifiedOn: '2108-01-01' as CalendarDate }],
  ])('an entry with %s is refused', (_, refused) => {
    expect(() => localHeader(refused)).toThrow(RangeError);
    expect(() => directoryRecord(refused, 0)).toThrow(RangeError);
  });
});

test('small pieces are joined into blocks without loss', async () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 30 }));
  await fc.assert(
    fc.asyncProperty(pieces, fc.integer({ min: 1, max: 50 }), async (given, bytesMin) => {
      const blocks: Uint8Array[] = [];
      for await (const block of joinBlocks(each(given), bytesMin)) blocks.push(block);
      expect(Buffer.concat(blocks).equals(Buffer.concat(given))).toBe(true);
      for (const block of blocks.slice(0, -1)) expect(block.length).toBeGreaterThanOrEqual(bytesMin);
      for (const block of blocks.slice(-1)) expect(block.length).toBeGreaterThan(0);
    }),
  );
});
