/** The two faces of the page. Their programs are embedded in every file. */
export const FACES = ['regular', 'bold'] as const;
export type Face = (typeof FACES)[number];

/** A box in millimetres from the page's top left corner. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A single line of text. `baseline` is in mm from the top, `size` in points; `text` is already printable. */
export interface TextMark {
  readonly kind: 'text';
  readonly text: string;
  readonly face: Face;
  readonly size: number;
  readonly x: number;
  readonly baseline: number;
  /** The paragraph that a screen reader reads as one: a label and its value, for instance. One of READING_ORDER. */
  readonly paragraph: string;
}

/** Boxes filled black as one path. */
export interface FillMark {
  readonly kind: 'fill';
  readonly boxes: readonly Box[];
}

/**
 * A symbol of black modules, filled as one path. `path` is in whole modules from the symbol's top left corner, each `x
 * y width height re`. `x` and `y` are in mm from the page's corner; the size of a module is in points.
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

/** An image, scaled to fit its box and placed at the box's top left corner. */
interface ImageMark {
  readonly kind: 'image';
  /** A PNG file without transparency, or a JPEG file. */
  readonly bytes: Uint8Array;
  readonly box: Box;
}

/** Marks that only pdfkit draws, once for a template. */
export type FormMark = TextMark | FillMark | CutMark | ImageMark;

/** Marks that differ from boleto to boleto. */
export type ContentMark = TextMark | SymbolMark;

/**
 * The page as data: each mark says what to draw and where. Form, issuer and content are separate lists of marks, so
 * that a renderer can draw the first two once and reuse them.
 */
export type Mark = FormMark | ContentMark;

/** Measures the width in mm of a line of printable text at a size in points. */
export type Measure = (face: Face, size: number, text: string) => number;

/** Factor from millimetres to PDF points. */
export const POINTS_PER_MM = 72 / 25.4;

/**
 * Converts a length in mm to hundredths of a point. Everything is placed on this grid (3.5 µm), so that both renderers
 * produce the same page to the last digit, with short numbers.
 */
export function hundredths(mm: number): number {
  return Math.round(mm * POINTS_PER_MM * 100);
}
