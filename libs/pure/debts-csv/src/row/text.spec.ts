import { describe, expect, it } from 'vitest';
import { trimCell, withoutApostrophe } from './text.ts';

const BLANKS = [' ', '\t', '\n', '\u00A0', '\u200B', '\u200D', '\u2060', '\u3000', '\uFEFF'];
const RUN = 64 * 1024;

describe('trimCell', () => {
  it.each(BLANKS)('takes a run of 64 KiB of blank %j from either end, and none from inside', (blank) => {
    const run = blank.repeat(RUN);
    expect(trimCell(`${run}é${run}`)).toBe('é');
    expect(trimCell(run)).toBe('');
    expect(trimCell(`x${run}é`) === `x${run}é`).toBe(true);
    expect(trimCell(`="${run}0123${run}"`)).toBe('0123');
    expect(withoutApostrophe(`'${run}0123${run}`)).toBe('0123');
  });

  it('reads a cell of twelve million blanks between two letters, for which a quadratic trim takes days', () => {
    const cell = `x${' '.repeat(12_000_000)}é`;
    expect(trimCell(cell) === cell).toBe(true);
  });

  it.each([
    ['="0123"', '0123'],
    ['=""', ''],
    ['="', '="'],
    ['="a"b"', 'a"b'],
    ["='1'", "='1'"],
  ])('opens %j as %j', (cell, text) => {
    expect(trimCell(cell)).toBe(text);
  });
});
