import { POINTS_PER_MM, type Face, type Measure } from '../drawing/mark.ts';

/** Line height as a multiple of the size. */
const LEADING = 1.16;
/** Height of capitals and digits as a share of the size, for both faces. */
const CAP_HEIGHT = 0.72;
const ELLIPSIS = '…';

/** The space for a text (mm) and its permitted sizes (points, largest first). */
export interface Room {
  readonly face: Face;
  readonly sizes: readonly [number, ...number[]];
  readonly width: number;
  readonly height: number;
}

/**
 * Lines that fit their room. `leading` is the distance between baselines, `capHeight` the height above one, both in mm.
 */
export interface FittedText {
  readonly size: number;
  readonly leading: number;
  readonly capHeight: number;
  readonly lines: readonly string[];
}

/**
 * The longest start of the text for which `fits` is true. It has at least one character, so that callers always
 * advance.
 */
function longestStart(text: string, fits: (start: string) => boolean): string {
  let low = 1;
  let high = text.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(text.slice(0, middle))) low = middle;
    else high = middle - 1;
  }
  return text.slice(0, low);
}

function cut(line: string, fits: (text: string) => boolean): string {
  if (fits(line)) return line;
  return longestStart(line, (start) => fits(start.trimEnd() + ELLIPSIS)).trimEnd() + ELLIPSIS;
}

/** Breaks at spaces. A word wider than the room is broken inside. */
function wrap(paragraph: string, fits: (text: string) => boolean): string[] {
  if (fits(paragraph)) return [paragraph];
  const lines: string[] = [];
  let line = '';
  for (const word of paragraph.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (fits(longer)) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (!fits(line) && line.length > 1) {
      const start = longestStart(line, fits);
      lines.push(start);
      line = line.slice(start.length);
    }
  }
  lines.push(line);
  return lines;
}

/**
 * Lays paragraphs out at the largest size at which they fit their room. Text that does not fit at the smallest size is
 * cut and ends in an ellipsis, so it never leaves its box. In a room one line high a paragraph shrinks before it is
 * cut.
 */
export function fitText(paragraphs: readonly string[], room: Room, measure: Measure): FittedText {
  const [only = ''] = paragraphs;
  if (paragraphs.length < 2) {
    const [size] = room.sizes;
    const capHeight = (size * CAP_HEIGHT) / POINTS_PER_MM;
    if (capHeight <= room.height && measure(room.face, size, only) <= room.width) {
      return { size, leading: (size * LEADING) / POINTS_PER_MM, capHeight, lines: [only] };
    }
  }

  let fitted: FittedText = { size: room.sizes[0], leading: 0, capHeight: 0, lines: [] };
  for (const size of room.sizes) {
    const fits = (text: string): boolean => measure(room.face, size, text) <= room.width;
    const leading = (size * LEADING) / POINTS_PER_MM;
    const capHeight = (size * CAP_HEIGHT) / POINTS_PER_MM;
    const linesMax = 1 + Math.floor((room.height - capHeight) / leading);
    const lines = paragraphs.flatMap((paragraph) => wrap(paragraph, fits));
    if (lines.length <= linesMax) return { size, leading, capHeight, lines };

    // The rest is joined, so that the cut line is as full as the box allows.
    const whole = Math.max(1, linesMax) - 1;
    const rest = cut(lines.slice(whole).join(' '), fits);
    fitted = { size, leading, capHeight, lines: [...lines.slice(0, whole), rest] };
  }
  return fitted;
}
