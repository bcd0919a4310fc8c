import { parse } from 'csv-parse/sync';
import {
  csvParseOptions,
  decodeForReport,
  decodeRecord,
  flawProblem,
  scanRecords,
  validateRow,
  type Dialect,
  type ParsedRow,
  type Problem,
  type RowContext,
  type ScannedRecord,
} from '#ingest';

/** A row that may become a debt, with the physical line it starts on. */
export interface GoodRow extends ParsedRow {
  readonly line: number;
}

/** A row that cannot, with everything that is wrong with it. */
export interface BadRow {
  readonly line: number;
  readonly problems: readonly Problem[];
  /** The row as it stands in the file, as far as it can be shown. */
  readonly raw: string;
}

export interface ParsedChunk {
  readonly good: readonly GoodRow[];
  readonly bad: readonly BadRow[];
  /** The text of a good row, should the database refuse it after all. */
  rawOf(line: number): string;
}

/** The lines a part of a chunk answers for, both included. */
export interface LineRange {
  readonly fromLine: number;
  readonly toLine: number | null;
}

/**
 * Parses and validates the rows of a chunk that start in `range`. Where rows begin and end is the scanner's word,
 * the same that counted them when the file was cut; only the cells of well-formed rows are separated.
 */
export function parseChunk(
  bytes: Uint8Array,
  {
    dialect,
    firstLine,
    range,
    context,
  }: { dialect: Dialect; firstLine: number; range: LineRange; context: RowContext },
): ParsedChunk {
  const records = scanRecords(bytes, dialect, firstLine).filter(
    ({ line }) => line >= range.fromLine && (range.toLine === null || line <= range.toLine),
  );
  const good: GoodRow[] = [];
  const bad: BadRow[] = [];
  const judge = (record: ScannedRecord, cells: readonly string[]): void => {
    const result = validateRow(cells, context);
    if (result.ok) good.push(withLine(result.row, record.line));
    else bad.push({ line: record.line, problems: result.problems, raw: rawOf(bytes, record, dialect) });
  };

  const quoted: { readonly record: ScannedRecord; readonly text: string }[] = [];
  for (const record of records) {
    const read = readRecord(bytes, record, dialect);
    if (typeof read !== 'string') bad.push(read);
    else if (read.includes('"')) quoted.push({ record, text: read });
    else judge(record, read.split(dialect.delimiter));
  }
  for (const [index, cells] of separateCells(quoted, dialect).entries()) {
    const row = quoted[index];
    if (row !== undefined) judge(row.record, cells);
  }
  if (quoted.length > 0) good.sort(byLine); // in place: nobody else holds it yet

  return {
    good,
    bad: bad.toSorted(byLine),
    rawOf: (line) => {
      const record = records.find((each) => each.line === line);
      return record === undefined ? '' : rawOf(bytes, record, dialect);
    },
  };
}

function byLine(a: { readonly line: number }, b: { readonly line: number }): number {
  return a.line - b.line;
}

/** Field by field, because a spread costs as much as reading the row did. */
function withLine(row: ParsedRow, line: number): GoodRow {
  const { name, document, documentKind, email, amount, dueDate, debtId, address } = row;
  return { line, name, document, documentKind, email, amount, dueDate, debtId, address };
}

/** The text of a well-formed record, or why there is none. */
function readRecord(bytes: Uint8Array, record: ScannedRecord, dialect: Dialect): string | BadRow {
  const text = record.flaw === undefined ? decodeRecord(bytes, dialect.encoding, record.start, record.end) : undefined;
  if (text !== undefined) return text;
  const raw = rawOf(bytes, record, dialect);
  return { line: record.line, problems: [flawProblem(record.flaw ?? 'encoding', raw)], raw };
}

/** A row as it is kept with its rejection and shown: bounded, and without what PostgreSQL's text cannot hold. */
function rawOf(bytes: Uint8Array, { start, end }: ScannedRecord, dialect: Dialect): string {
  return decodeForReport(bytes.subarray(start, end), dialect.encoding);
}

/** Rows with quotes go to csv-parse. A row without any is cut at its delimiters, to the same cells five times faster. */
function separateCells(rows: readonly { readonly text: string }[], dialect: Dialect): readonly (readonly string[])[] {
  if (rows.length === 0) return [];
  const newline = dialect.newline === 'cr' ? '\r' : '\n';
  const cells: string[][] = parse(rows.map(({ text }) => text).join(newline), csvParseOptions(dialect));
  // Two parsers that disagree about the number of rows would shift every row after the first difference.
  if (cells.length !== rows.length) {
    throw new Error(
      `csv-parse reads ${cells.length.toString()} rows where the scanner counted ${rows.length.toString()}`,
    );
  }
  return cells;
}
