import { describe, expect, test } from 'vitest';
import { CSV_HEADER } from '#debts-csv';
import { parseDocument } from '#tax-ids';
import { generateRows, type Expected } from './file.ts';

const ROWS = 5_000;

function written(profile: 'lenient' | 'strict'): { readonly lines: readonly string[]; readonly expected: Expected } {
  const blocks = generateRows({ profile, rows: ROWS, today: '2026-11-21' });
  let text = '';
  for (;;) {
    const next = blocks.next();
    if (next.done === true) return { lines: text.trimEnd().split('\n'), expected: next.value };
    text += next.value;
  }
}

describe.each(['lenient', 'strict'] as const)('the %s file of the benchmark', (profile) => {
  const { lines, expected } = written(profile);
  const rows = lines.slice(1);

  test('is the same at every call', () => {
    expect(written(profile)).toEqual({ lines, expected });
  });

  test('has a header and as many rows as asked for, of the size of the yardstick', () => {
    expect(lines[0]).toBe(CSV_HEADER);
    expect(rows).toHaveLength(ROWS);
    const bytesPerRow = Buffer.byteLength(rows.join('\n')) / ROWS;
    expect(bytesPerRow).toBeGreaterThan(90);
    expect(bytesPerRow).toBeLessThan(120);
  });

  test('names a debt once, or again in a row that is the same', () => {
    const { read, accepted, duplicate, rejected } = expected;
    expect(read).toBe(ROWS);
    expect(accepted + duplicate + rejected).toBe(ROWS);
    expect(new Set(rows).size).toBe(ROWS - duplicate);
    expect(new Set(rows.map((row) => row.slice(-36))).size).toBe(ROWS - duplicate);
  });
});

test('the lenient file has some nine thousand debtors at most, and every row is good', () => {
  const { lines, expected } = written('lenient');
  const documents = new Set(lines.slice(1).map((line) => line.split(',')[1] ?? ''));
  expect([...documents].filter((document) => !/^[1-9]\d{3}$/.test(document))).toEqual([]);
  expect(expected.accepted).toBe(ROWS);
});

test('the strict file has 2 % bad rows, 1 % repeated rows, and valid documents in all others', () => {
  const { lines, expected } = written('strict');
  expect(expected).toMatchObject({ rejected: ROWS * 0.02, duplicate: ROWS * 0.01 });
  const documents = lines.slice(1).map((line) => line.replace(/^"[^"]*"/, '').split(',')[1] ?? '');
  const invalid = documents.filter((document) => parseDocument(document) === undefined);
  // A sixth of the bad rows are bad by their document.
  expect(invalid.length).toBe(Math.ceil((ROWS * 0.02) / 6));
});
