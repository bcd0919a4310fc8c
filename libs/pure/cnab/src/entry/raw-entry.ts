import type { Line } from '../file/line-text.ts';
import type { Problem, ProblemCode } from './problems.ts';

/** The lines of an entry before their fields are read. */
export interface RawEntry {
  /** The main line, or T with its U; the line alone that belongs to no entry. */
  readonly lines: readonly Line[];
  /** Lines that follow and tell more: e-mail, Pix, shares of the payment. */
  readonly companions: Line[];
  /** Faults of the lines as such. */
  readonly problems: Problem[];
}

/** A fault of columns of a line. */
export function problemAt(
  code: ProblemCode,
  line: Line,
  { from, to }: { readonly from: number; readonly to: number },
): Problem {
  return { code, line: line.number, from, to, value: line.text.slice(from - 1, to) };
}

/** An entry of one line that cannot be read at all. */
export function unreadable(
  line: Line,
  code: ProblemCode,
  columns: { readonly from: number; readonly to: number },
): RawEntry {
  return { lines: [line], companions: [], problems: [problemAt(code, line, columns)] };
}
