import { inflateSync } from 'node:zlib';
import { POINTS_PER_MM, type Box } from './drawing/mark.ts';
import { decodeWindows1252 } from './sample-document.fixture.ts';

/** A page for the specs, read without the libraries and the code that wrote it. */
export interface Painted {
  /** Lines of text in painting order. */
  readonly texts: readonly string[];
  /** Filled boxes in mm from the top left corner. */
  readonly boxes: readonly Box[];
}

const PAGE_HEIGHT_POINTS = 841.89;

/** Every stream of the file that shows text. Our streams are plain or deflated; pdfkit's are deflated. */
function contentOf(pdf: Uint8Array): string {
  const file = Buffer.from(pdf).toString('latin1');
  return Array.from(file.matchAll(/<<([^>]*)>>\nstream\n([\s\S]*?)\nendstream/g), ([, dictionary = '', stream = '']) =>
    dictionary.includes('FlateDecode') ? inflateSync(Buffer.from(stream, 'latin1')).toString('latin1') : stream,
  )
    .filter((stream) => / re\n/.test(stream))
    .join('\n');
}

type Matrix = readonly [number, number, number, number, number, number];

function matrixOf([a = 1, b = 0, c = 0, d = 1, e = 0, f = 0]: readonly number[]): Matrix {
  return [a, b, c, d, e, f];
}

function multiply([a, b, c, d, e, f]: Matrix, [g, h, i, j, k, l]: Matrix): Matrix {
  return [a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + l];
}

function boxOf(ctm: Matrix, [x = 0, y = 0, width = 0, height = 0]: readonly number[]): Box {
  const [scaleX, , , scaleY, moveX, moveY] = ctm;
  const tops = [y, y + height].map((each) => PAGE_HEIGHT_POINTS - (each * scaleY + moveY));
  return {
    x: (x * scaleX + moveX) / POINTS_PER_MM,
    y: Math.min(...tops) / POINTS_PER_MM,
    width: (width * scaleX) / POINTS_PER_MM,
    height: Math.abs(height * scaleY) / POINTS_PER_MM,
  };
}

/** The strings of a Tj or TJ operator: hexadecimal from pdfkit, literal from our writer. */
function shown(operator: string): string {
  const strings = operator.matchAll(/<([0-9a-f]*)>|\(((?:[^()\\]|\\.)*)\)/g);
  return Array.from(strings, ([, hex, literal = '']) =>
    hex === undefined
      ? decodeWindows1252(Buffer.from(literal.replaceAll(/\\(.)/g, '$1'), 'latin1'))
      : decodeWindows1252(Buffer.from(hex, 'hex')),
  ).join('');
}

/** The texts and boxes that a page paints, whichever renderer made it. */
export function painted(pdf: Uint8Array): Painted {
  const texts: string[] = [];
  const boxes: Box[] = [];
  const stack: Matrix[] = [];
  let ctm: Matrix = [1, 0, 0, 1, 0, 0];
  for (const line of contentOf(pdf).split('\n')) {
    if (/^q\b/.test(line)) stack.push(ctm);
    if (/T[jJ]$/.test(line)) texts.push(shown(line));
    const numbers = Array.from(line.matchAll(/-?\d+(?:\.\d+)?/g), Number);
    if (line.endsWith(' re')) boxes.push(boxOf(ctm, numbers));
    if (line.endsWith(' cm')) ctm = multiply(matrixOf(numbers), ctm);
    if (/\bQ$/.test(line)) ctm = stack.pop() ?? ctm;
  }
  return { texts, boxes };
}
