/** Columns of an entry's main line (400, or T), or of its second one (U). They count from 1 and include both ends. */
export interface Columns {
  readonly line: 0 | 1;
  readonly from: number;
  readonly to: number;
}

/** Columns of the main line. */
export function at(from: number, to: number): Columns {
  return { line: 0, from, to };
}

/** Columns of the segment U. */
export function inU(from: number, to: number): Columns {
  return { line: 1, from, to };
}
