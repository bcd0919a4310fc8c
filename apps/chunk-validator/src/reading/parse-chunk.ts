import { parse } from 'csv-parse/sync';
import {
  conflictProblem,
  csvParseOptions,
  decodeForReport,
  flawProblem,
  guiltyRowProblem,
  PlainRowReader,
  recordText,
  scanRecords,
  syntaxOf,
  validateRow,
  type Dialect,
  type Problem,
  type RowContext,
  type RowResult,
  type ScannedRecord,
} from '#debts-csv';
import { RECENT_KEYS_MAX, RecentKeys } from '../likely-new/recent-keys.ts';
import { findGuiltyLines } from './guilty-rows.ts';
import { GoodRowsWriter, type GoodRow, type GoodRows } from './row-sets.ts';
import { within } from './within.ts';

/** A row that cannot become a debt, with everything that is wrong with it. */
export interface BadRow {
  readonly line: number;
  readonly problems: readonly Problem[];
  /** The row's text in the file, as far as it can be shown. */
  readonly raw: string;
}

export interface ParsedChunk {
  readonly good: GoodRows;
  readonly bad: readonly BadRow[];
  /** Returns the text of the row that starts on a line, in case the database refuses it. */
  readonly rawOf: (line: number) => string;
}

/** The lines a part of a chunk answers for, both included. */
interface LineRange {
  readonly fromLine: number;
  readonly toLine: number | null;
}

const QUOTE = 0x22;

/** One writer serves all chunks, because everything in here is synchronous. */
let writer = newWriter();

function newWriter(): GoodRowsWriter {
  return new GoodRowsWriter({ debtIds: new RecentKeys(), documents: new RecentKeys() });
}

/** Reading a chunk takes less than a tenth of this. A chunk that takes longer contains a row that never ends. */
const CHUNK_MS = 5_000;

/** The rules, validateRow of #debts-csv. The line tells which row it is. */
export type Judge = (cells: readonly string[], context: RowContext, line: number) => RowResult;

export interface ChunkContext {
  readonly dialect: Dialect;
  /** The physical line of the chunk's first record. */
  readonly firstLine: number;
  readonly range: LineRange;
  readonly context: RowContext;
  /** The namespace of debt ids and people. */
  readonly owner: string;
  /** True to read plain rows from their bytes; false to pass every row to the rules. */
  readonly plainRows: boolean;
  /** True to keep rows that are likely new apart from the others. */
  readonly likelyNew: boolean;
}

/**
 * Parses and validates the rows of a chunk that start in `range`. The scanner decides where rows begin and end, the
 * same one that counted them when the file was cut; only the cells of well-formed rows are separated.
 */
export function parseChunk(
  bytes: Uint8Array,
  { dialect, firstLine, range, context, owner, plainRows, likelyNew }: ChunkContext,
  judge: Judge = validateRow,
): ParsedChunk {
  const records = recordsOf(bytes, { dialect, firstLine, range, context });
  const cellsOf = cellReader(bytes, records, dialect);
  const plain = new PlainRowReader(bytes, dialect, context);
  const bad: BadRow[] = [];
  // In a larger chunk an id may be forgotten before it is repeated: then the later row would be stored first.
  writer.begin(owner, likelyNew && records.length <= RECENT_KEYS_MAX);
  for (const record of records) {
    const { start, end, line } = record;
    if (plainRows && record.flaw === undefined && plain.read(start, end)) {
      writer.addPlain(plain, bytes, line);
      continue;
    }
    const cells = cellsOf(record);
    const result = 'problems' in cells ? cells : judge(cells, context, line);
    if ('problems' in result) bad.push({ line, problems: result.problems, raw: rawOf(bytes, record, dialect) });
    else writer.add(result.row, line);
  }

  const recordAt = byLine(records);
  const good = writer.finish((line) => {
    const cells = cellsOf(recordAt(line));
    const result = 'problems' in cells ? undefined : judge(cells, context, line);
    if (result?.ok === true) return { line, ...result.row };
    throw new Error(`line ${line.toString()} was good when it was read first and is bad when it is read again`);
  });
  return { good, bad, rawOf: (line) => rawOf(bytes, recordAt(line), dialect) };
}

/**
 * Parses a chunk as parseChunk does, and isolates rows that never end: after CHUNK_MS it gives the chunk up and tries
 * each of its rows alone. It rejects the guilty ones, and their neighbours go on in the same delivery.
 */
export async function parseWatched(
  bytes: Uint8Array,
  reading: ChunkContext,
  judge: Judge = validateRow,
  { chunkMs = CHUNK_MS, rowMs }: { readonly chunkMs?: number; readonly rowMs?: number } = {},
): Promise<ParsedChunk> {
  const parsed = within(chunkMs, () => parseChunk(bytes, reading, judge));
  if (parsed !== undefined) return parsed.result;
  writer = newWriter(); // the old one may have been stopped in the middle of a change
  const judged = judgedRows(bytes, reading);
  const guilty = await findGuiltyLines(
    [...judged.keys()],
    (line) => {
      judge(judged.get(line) ?? [], reading.context, line);
    },
    rowMs,
  );
  return parseChunk(bytes, reading, (cells, context, line) =>
    guilty.has(line) ? { ok: false, problems: [guiltyRowProblem(line)] } : judge(cells, context, line),
  );
}

/** The cells of the rows that are not plain, by line: only these are judged by rules that could take long. */
function judgedRows(
  bytes: Uint8Array,
  { dialect, firstLine, range, context, plainRows }: ChunkContext,
): ReadonlyMap<number, readonly string[]> {
  const records = recordsOf(bytes, { dialect, firstLine, range, context });
  const cellsOf = cellReader(bytes, records, dialect);
  const plain = new PlainRowReader(bytes, dialect, context);
  const judged = new Map<number, readonly string[]>();
  for (const record of records) {
    if (plainRows && record.flaw === undefined && plain.read(record.start, record.end)) continue;
    const cells = cellsOf(record);
    if (!('problems' in cells)) judged.set(record.line, cells);
  }
  return judged;
}

/** The records of a chunk that start in a range of lines. */
function recordsOf(
  bytes: Uint8Array,
  { dialect, firstLine, range, context }: Pick<ChunkContext, 'dialect' | 'firstLine' | 'range' | 'context'>,
): readonly ScannedRecord[] {
  return scanRecords(bytes, syntaxOf(dialect, context.mapping), firstLine).filter(
    ({ line }) => line >= range.fromLine && (range.toLine === null || line <= range.toLine),
  );
}

/** Finds the record that starts on a line; builds its index at the first call. */
function byLine(records: readonly ScannedRecord[]): (line: number) => ScannedRecord {
  let known: ReadonlyMap<number, ScannedRecord> | undefined;
  return (line) => {
    known ??= new Map(records.map((record) => [record.line, record]));
    const record = known.get(line);
    if (record === undefined) throw new Error(`no row starts on line ${line.toString()}`);
    return record;
  };
}

/** Good rows whose debt id belongs to another debt, as bad rows. */
export function conflictRows({ rawOf: textOf }: ParsedChunk, conflicts: readonly GoodRow[]): readonly BadRow[] {
  return conflicts.map(({ line, debtId }) => ({ line, problems: [conflictProblem(debtId)], raw: textOf(line) }));
}

interface Unreadable {
  readonly problems: readonly Problem[];
}

/**
 * The cells of a record, or why it has none. Rows with quotes go to csv-parse, all at once; a row without quotes is cut
 * at its delimiters, which gives the same cells five times faster.
 */
function cellReader(
  bytes: Uint8Array,
  records: readonly ScannedRecord[],
  dialect: Dialect,
): (record: ScannedRecord) => readonly string[] | Unreadable {
  const quoted: { readonly record: ScannedRecord; readonly text: string }[] = [];
  let quoteAt = bytes.indexOf(QUOTE);
  for (const record of records) {
    if (quoteAt < 0) break;
    if (quoteAt < record.start) quoteAt = bytes.indexOf(QUOTE, record.start);
    if (quoteAt < record.start || quoteAt >= record.end) continue;
    const text = readRecord(bytes, record, dialect);
    if (typeof text === 'string') quoted.push({ record, text });
  }
  const cells = separateCells(quoted, dialect);
  const cellsOfQuoted = new Map(quoted.map(({ record }, at) => [record, cells[at] ?? []]));
  return (record) => {
    const known = cellsOfQuoted.get(record);
    if (known !== undefined) return known;
    const text = readRecord(bytes, record, dialect);
    return typeof text === 'string' ? text.split(dialect.delimiter) : text;
  };
}

/** The text of a well-formed record, or why there is none. */
function readRecord(bytes: Uint8Array, record: ScannedRecord, dialect: Dialect): string | Unreadable {
  const { flaw, start, end } = record;
  if (flaw !== undefined) return { problems: [flawProblem(flaw, rawOf(bytes, record, dialect))] };
  const text = recordText(bytes, dialect, start, end);
  return typeof text === 'string' ? text : { problems: [text] };
}

/**
 * The text of a row that is kept with its rejection and shown: bounded, and without characters that PostgreSQL's text
 * cannot hold.
 */
function rawOf(bytes: Uint8Array, { start, end }: ScannedRecord, dialect: Dialect): string {
  return decodeForReport(bytes.subarray(start, end), dialect.encoding);
}

function separateCells(rows: readonly { readonly text: string }[], dialect: Dialect): readonly (readonly string[])[] {
  if (rows.length === 0) return [];
  const newline = dialect.newline === 'cr' ? '\r' : '\n';
  const cells: string[][] = parse(rows.map(({ text }) => text).join(newline), csvParseOptions(dialect));
  // If two parsers disagreed about the number of rows, every row after the first difference would be shifted.
  if (cells.length !== rows.length) {
    throw new Error(
      `csv-parse reads ${cells.length.toString()} rows where the scanner counted ${rows.length.toString()}`,
    );
  }
  return cells;
}
