/** The two faces of the page. Both are standard PDF fonts: nothing is embedded, every reader has them. */
export const FACES = ['regular', 'bold'] as const;
export type Face = (typeof FACES)[number];

/** Millimetres from the page's top left corner. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A single line of text; `baseline` in mm from the top, `size` in points, `text` already printable. */
export interface TextMark {
  readonly kind: 'text';
  readonly text: string;
  readonly face: Face;
  readonly size: number;
  readonly x: number;
  readonly baseline: number;
  /** What it is read together with: a label and its value are one paragraph. One of READING_ORDER. */
  readonly paragraph: string;
}

/** Boxes filled black as one path. */
export interface FillMark {
  readonly kind: 'fill';
  readonly boxes: readonly Box[];
}

/**
 * A symbol of black modules, filled as one path. `path` is in modules from the symbol's top left corner, whole numbers,
 * each `x y width height re`; `x` and `y` in mm from the page's, the size of a module in points.
 */
export interface SymbolMark {
  readonly kind: 'symbol';
  readonly x: number;
  readonly y: number;
  readonly moduleWidth: number;
  readonly moduleHeight: number;
  readonly path: string;
}

/** The dashed line along which the payer cuts. */
interface CutMark {
  readonly kind: 'cut';
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** A picture, scaled to fit its box and put at its top left corner. */
interface ImageMark {
  readonly kind: 'image';
  /** A file: PNG without transparency, or JPEG. */
  readonly bytes: Uint8Array;
  readonly box: Box;
}

/** What only pdfkit draws, once for a template. */
export type FormMark = TextMark | FillMark | CutMark | ImageMark;

/** What differs from boleto to boleto. */
export type ContentMark = TextMark | SymbolMark;

/**
 * The page as data: what is drawn where. Form, issuer and content are separate lists of marks, so that whatever puts
 * them on paper can draw the first two once and reuse them.
 */
export type Mark = FormMark | ContentMark;

/** The width in mm of a line of printable text at a size in points. */
export type Measure = (face: Face, size: number, text: string) => number;

/** Millimetres to PDF points. */
export const POINTS_PER_MM = 72 / 25.4;

/**
 * Where on paper a length in mm is, in hundredths of a point. Everything is put on this grid (3.5 µm), so that a page
 * is the same to the last digit whoever writes it, and its numbers are short.
 */
export function hundredths(mm: number): number {
  return Math.round(mm * POINTS_PER_MM * 100);
}
