import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { itfPath } from './itf.ts';

const MODULES = 405;

/** Decodes with the standard's weights (1, 2, 4, 7 and parity), independent of the encoder's table. */
function decode(digits: readonly boolean[]): number {
  const weight = [1, 2, 4, 7, 0].reduce((sum, each, index) => sum + (digits[index] === true ? each : 0), 0);
  return weight === 11 ? 0 : weight;
}

function barsOf(path: string): { readonly at: number; readonly width: number }[] {
  return Array.from(path.matchAll(/(\d+) 0 ([13]) 1 re\n/g), ([, at, width]) => ({
    at: Number(at),
    width: Number(width),
  }));
}

function read(path: string): string {
  const bars = barsOf(path);
  const elements = bars.flatMap(({ at, width }, index) => {
    const next = bars[index + 1];
    return next === undefined ? [width] : [width, next.at - at - width];
  });
  const data = elements.slice(4, -3).map((width) => width === 3);
  let digits = '';
  for (let at = 0; at < data.length; at += 10) {
    const pair = data.slice(at, at + 10);
    digits += decode(pair.filter((_, index) => index % 2 === 0)).toString();
    digits += decode(pair.filter((_, index) => index % 2 === 1)).toString();
  }
  return digits;
}

describe('itfPath', () => {
  test('44 digits become 114 bars in 405 modules', () => {
    const bars = barsOf(itfPath('00194739200000804000000001234567000000032111'));
    const last = bars.at(-1);
    expect(bars).toHaveLength(114);
    expect((last?.at ?? 0) + (last?.width ?? 0)).toBe(MODULES);
  });

  test('a decoder reads back the digits of an encoded barcode', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{44}$/), (digits) => {
        expect(read(itfPath(digits))).toBe(digits);
      }),
    );
  });

  test.each(['', '123', '1'.repeat(43), '1'.repeat(46), `${'1'.repeat(43)}a`])('itfPath refuses %j', (digits) => {
    expect(() => itfPath(digits)).toThrow(RangeError);
  });
});
