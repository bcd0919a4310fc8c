/** Narrow and wide elements of each digit, ISO/IEC 16390: two of five are wide. */
const DIGITS = ['nnwwn', 'wnnnw', 'nwnnw', 'wwnnn', 'nnwnw', 'wnwnn', 'nwwnn', 'nnnww', 'wnnwn', 'nwnwn'];
const START = 'nnnn';
const STOP = 'wnn';

/** Wide to narrow. 3:1 makes 44 digits 405 modules: 103 mm at 0.254 mm a module, as FEBRABAN asks. */
const WIDE_MODULES = 3;

/** One bar of the symbol, in modules from its left edge. */
export interface Bar {
  readonly at: number;
  readonly width: number;
}

function pattern(digit: string | undefined): string {
  const elements = DIGITS[Number(digit)];
  if (elements === undefined) throw new RangeError(`not a digit: ${String(digit)}`);
  return elements;
}

/** Digits interleave in pairs: the first is written in the bars, the second in the spaces between them. */
function interleave(digits: string): string {
  let elements = '';
  for (let at = 0; at < digits.length; at += 2) {
    const bars = pattern(digits[at]);
    const spaces = pattern(digits[at + 1]);
    for (let element = 0; element < bars.length; element += 1) {
      elements += bars.charAt(element) + spaces.charAt(element);
    }
  }
  return elements;
}

/**
 * Interleaved 2 of 5 (ISO/IEC 16390), the symbology of the boleto: the black bars from left to right, quiet zones
 * left out. Throws a RangeError unless given an even number of digits.
 */
export function itfBars(digits: string): readonly Bar[] {
  if (!/^(?:\d{2})+$/.test(digits)) throw new RangeError('interleaved 2 of 5 encodes an even number of digits');

  const bars: Bar[] = [];
  let at = 0;
  for (const [index, element] of Array.from(START + interleave(digits) + STOP).entries()) {
    const width = element === 'w' ? WIDE_MODULES : 1;
    if (index % 2 === 0) bars.push({ at, width });
    at += width;
  }
  return bars;
}
