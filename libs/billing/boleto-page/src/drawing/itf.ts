/** Narrow and wide elements of each digit (ISO/IEC 16390): two of five are wide. */
const DIGITS = ['nnwwn', 'wnnnw', 'nwnnw', 'wwnnn', 'nnwnw', 'wnwnn', 'nwwnn', 'nnnww', 'wnnwn', 'nwnwn'];
const START = 'nnnn';
const STOP = 'wnn';

/** Ratio of wide to narrow. 3:1 makes 44 digits 405 modules: 103 mm at 0.254 mm a module, as FEBRABAN requires. */
const WIDE_MODULES = 3;
const START_MODULES = 4;
/** Modules of a pair: two digits of two wide and three narrow elements each. */
const PAIR_MODULES = 18;

/** The bars (every other element) as rectangles one module high. The first element is a bar. */
function barsPath(elements: string, from: number): string {
  let path = '';
  let at = from;
  for (const [index, element] of Array.from(elements).entries()) {
    const width = element === 'w' ? WIDE_MODULES : 1;
    if (index % 2 === 0) path += `${at.toString()} 0 ${width.toString()} 1 re\n`;
    at += width;
  }
  return path;
}

/** Interleaves a pair of digits: the bars encode the first, the spaces between them the second. */
function interleave(pair: string): string {
  const bars = Array.from(DIGITS[Number(pair.charAt(0))] ?? '');
  const spaces = DIGITS[Number(pair.charAt(1))] ?? '';
  return bars.map((bar, element) => bar + spaces.charAt(element)).join('');
}

const START_PATH = barsPath(START, 0);

/** Paths of the pairs '00' to '99' at each of the 22 positions of a código de barras, computed at first use. */
const pairPaths = new Map<string, string>();

function pairPath(pair: string, place: number): string {
  const key = `${place.toString()}:${pair}`;
  let path = pairPaths.get(key);
  if (path === undefined) {
    path = barsPath(interleave(pair), START_MODULES + place * PAIR_MODULES);
    pairPaths.set(key, path);
  }
  return path;
}

/**
 * Draws a código de barras in interleaved 2 of 5 (ISO/IEC 16390), the symbology of the boleto: 114 bars in 405 modules.
 * The result is PDF rectangles (`x 0 width 1 re`) in modules, from left to right, without the quiet zones. Throws a
 * RangeError unless given 44 digits, because a boleto that cannot be paid must not be printed.
 */
export function itfPath(digits: string): string {
  if (!/^\d{44}$/.test(digits)) throw new RangeError('a código de barras has 44 digits');

  let path = START_PATH;
  for (let at = 0; at < digits.length; at += 2) path += pairPath(digits.slice(at, at + 2), at / 2);
  return path + barsPath(STOP, START_MODULES + (digits.length / 2) * PAIR_MODULES);
}
