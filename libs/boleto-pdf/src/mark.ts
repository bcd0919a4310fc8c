/** The two faces of the page. Both are standard PDF fonts: nothing is embedded, every reader has them. */
export type Face = 'regular' | 'bold';

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
}

/** Boxes filled black as one path. */
export interface FillMark {
  readonly kind: 'fill';
  readonly boxes: readonly Box[];
}

/** The dashed line along which the payer cuts. */
interface CutMark {
  readonly kind: 'cut';
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/**
 * The page as data: what is drawn where, in page order. The form and the content are two lists of marks, so that
 * whatever puts them on paper can draw the form once and reuse it.
 */
export type Mark = TextMark | FillMark | CutMark;

/** The width in mm of a line of printable text at a size in points. */
export type Measure = (face: Face, size: number, text: string) => number;

/** Millimetres to PDF points. */
export const POINTS_PER_MM = 72 / 25.4;
