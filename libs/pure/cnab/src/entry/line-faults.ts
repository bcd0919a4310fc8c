import type { Line } from '../file/line-text.ts';
import type { Reader } from '../readers/reader.ts';
import type { Columns } from './columns.ts';
import type { Problem } from './problems.ts';
import { problemAt, type RawEntry } from './raw-entry.ts';
import { isDigits } from './values.ts';

/** The facts of a file that its lines are compared with. */
export interface FileFacts {
  readonly reader: Reader;
  /** The bank of the header as printed. */
  readonly bank: string;
  /** Columns that lines may have: programs that fill lines up with blanks do so in the header too. */
  readonly columnsMax: number;
  /** False if the file has no trailer, so that its last line may be cut off. */
  readonly hasTrailer: boolean;
}

/** Numbers of the records: each line continues the line before. */
export const NUMBER_OF_LINE = { 400: { from: 395, to: 400 }, 240: { from: 9, to: 13 } } as const;

/** The faults of the lines of an entry as such: width, bank and number. */
export function lineFaults({ lines, problems }: RawEntry, facts: FileFacts): readonly Problem[] {
  // A line of no known record has no such fields.
  if (problems.some(({ code }) => code === 'RECORD_UNKNOWN')) return [];
  return lines.flatMap((line) => [
    ...widthFaults(line, facts),
    ...bankFaults(line, facts),
    ...numberFaults(line, facts),
  ]);
}

function widthFaults(line: Line, { reader, columnsMax, hasTrailer }: FileFacts): readonly Problem[] {
  const { width } = reader;
  const beyond = line.text.slice(width);
  if (line.columns > columnsMax || beyond.trimEnd() !== '') {
    return [problemAt('LINE_LONG', line, { from: width + 1, to: line.text.length })];
  }
  const least = width === 400 ? 400 : leastColumns(reader, line.text.charAt(13));
  if (line.columns >= least) return [];
  const code = line.isEnded || hasTrailer ? 'LINE_SHORT' : 'LINE_TRUNCATED';
  return [problemAt(code, line, { from: line.columns + 1, to: width })];
}

/** Editors cut blanks off the ends of lines: a T or U must still reach its last amount or date. */
function leastColumns({ amounts, creditedOn }: Reader, segment: string): number {
  return segment === 'T' ? Math.max(amounts.title.to, amounts.fee?.to ?? 0) : creditedOn.from - 1;
}

function bankFaults(line: Line, { reader, bank }: FileFacts): readonly Problem[] {
  const isOther = reader.width === 240 && line.text.slice(0, 3) !== bank;
  return isOther ? [problemAt('BANK_DIFFERS', line, { from: 1, to: 3 })] : [];
}

function numberFaults(line: Line, { reader }: FileFacts): readonly Problem[] {
  const columns = NUMBER_OF_LINE[reader.width];
  return isDigits(textAt(line, columns)) ? [] : [problemAt('NUMBER_INVALID', line, columns)];
}

function textAt({ text }: Line, { from, to }: Pick<Columns, 'from' | 'to'>): string {
  return text.slice(from - 1, to);
}

/** True if a number follows another: behind 999999, the largest of six digits, comes 0 or 1. */
export function follows(before: string, after: string): boolean {
  if (!isDigits(before) || !isDigits(after)) return true;
  const next = Number(after);
  if (Number(before) === 10 ** before.length - 1) return next <= 1;
  return next === Number(before) + 1;
}
