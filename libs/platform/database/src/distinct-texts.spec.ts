import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TextColumn } from './columns.ts';
import { DistinctTextWriter } from './distinct-texts.ts';

function textsOf(column: TextColumn, count: number): readonly string[] {
  return Array.from({ length: count }, (_, place) => column.textAt(place));
}

const texts = fc.array(
  fc.oneof(
    fc.nat(30).map(String),
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('', 'a', 'aa', 'aaaa', 'ção', '😀'),
  ),
  { maxLength: 200 },
);

test('each text is kept once at its first place, written as a string or copied from bytes', () => {
  const writer = new DistinctTextWriter();
  fc.assert(
    fc.property(texts, (values) => {
      const places = values.map((value, at) => {
        const bytes = Buffer.from(`,${value},`);
        return at % 2 === 0 ? writer.append(value) : writer.appendBytes(bytes, 1, bytes.length - 1);
      });
      const distinct = [...new Set(values)];
      expect(places).toEqual(values.map((value) => distinct.indexOf(value)));
      expect(textsOf(writer.finish(), distinct.length)).toEqual(distinct);
    }),
    { numRuns: 300 },
  );
});

test('no text is lost as the table grows, and the next texts start with an empty table', () => {
  const writer = new DistinctTextWriter();
  for (let round = 0; round < 2; round += 1) {
    for (let at = 0; at < 150_000; at += 1)
      expect(writer.append(`text ${(at % 100_000).toString()}`)).toBe(at % 100_000);
    expect(writer.finish().textAt(99_999)).toBe('text 99999');
  }
  expect(writer.append('text 5')).toBe(0);
});

test('a cleared writer keeps nothing of what was written', () => {
  const writer = new DistinctTextWriter();
  writer.append('a');
  writer.append('b');
  writer.clear();
  expect(writer.append('b')).toBe(0);
});
