import type { FileProblem } from '../file-problems.ts';
import { parseCells } from '../records/cells.ts';
import type { Boundary } from '../records/chunks.ts';
import { looksLikeRow } from '../records/row-shape.ts';
import { RecordReader, shapeOf } from '../records/scan.ts';
import { readSepLine } from '../records/sep-line.ts';
import { REQUIRED_FIELDS } from '../row/column-table.ts';
import type { ColumnMapping, HeaderMapping } from '../row/fields.ts';
import { trimCell } from '../row/text.ts';
import { COLUMNS_MAX, knownFields, readColumns } from './columns.ts';
import { DELIMITERS, type Delimiter, type Dialect, type Encoding } from './dialect.ts';
import { decodeForReport, decodeRecord } from './encoding.ts';
import { shortTitle } from './titles.ts';

/** Limit of rows above the header: the title of a report, its date, its recipient. */
const TITLE_ROWS_MAX = 10;

/** The header row, understood. */
export interface Header {
  readonly mapping: HeaderMapping;
  /** The offset of the first data byte in the file, byte order mark included. */
  readonly byteLength: number;
  /** Physical lines before the data: it starts on the next one. */
  readonly lines: number;
}

export type HeaderReading =
  | { readonly ok: true; readonly delimiter: Delimiter; readonly header: Header }
  | { readonly ok: false; readonly problem: FileProblem };

export interface HeaderOptions {
  readonly newline: Dialect['newline'];
  readonly encoding: Encoding;
  /** Undefined: the one that makes the most of the header. */
  readonly delimiter: Delimiter | undefined;
  readonly mapping: ColumnMapping | undefined;
}

/** One row, cut. The boundary is where the next one starts. */
interface Row extends Boundary {
  readonly titles: readonly string[];
  readonly text: string;
  readonly line: number;
  readonly start: number;
  readonly end: number;
}

/** The rows from the first to the one that is the header, or most like one. */
interface Candidate {
  readonly delimiter: Delimiter;
  readonly above: readonly Row[];
  readonly row: Row;
  readonly known: number;
}

const MISPLACED =
  'Acima do cabeçalho só podem vir linhas de título. Ponha o cabeçalho na primeira linha e as dívidas abaixo dele.';

/**
 * Finds the header below the titles that reports put above it, and reads it. `from` is where the file's text begins.
 */
export function readHeader(head: Uint8Array, from: number, options: HeaderOptions): HeaderReading {
  const first = readRow(head, { byteOffset: from, firstLine: 1 }, options, options.delimiter ?? ',');
  const sep = first === undefined ? undefined : readSepLine(first.text);
  const start = sep === undefined || first === undefined ? { byteOffset: from, firstLine: 1 } : first;

  const given = options.delimiter ?? sep?.delimiter;
  const candidates = (given === undefined ? DELIMITERS : [given]).flatMap(
    (delimiter) => findHeader(head, start, options, delimiter) ?? [],
  );
  // A stable sort: between equals the order of DELIMITERS decides.
  const [best] = candidates.toSorted(
    (a, b) => b.known - a.known || b.row.titles.length - a.row.titles.length || a.above.length - b.above.length,
  );
  return understand(head, best, options.mapping);
}

function understand(head: Uint8Array, best: Candidate | undefined, chosen: ColumnMapping | undefined): HeaderReading {
  const columns = readColumns(best?.row.titles ?? [], chosen);
  if (!columns.ok) return columns;
  if (best === undefined) throw new Error('a header without a row cannot be understood');

  const { delimiter, above, row } = best;
  const shape = shapeOf(columns.mapping);
  const debt = above.find((each) => shape !== undefined && looksLikeRow(head, each, shape, delimiter.charCodeAt(0)));
  if (debt !== undefined) {
    const message = `A linha ${debt.line.toString()} parece uma dívida e está acima do cabeçalho, que é a linha ${row.line.toString()}. ${MISPLACED}`;
    return { ok: false, problem: { code: 'HEADER_MISSING', message } };
  }
  const titleRows = above.map(({ line, text }) => ({ line, text: shortTitle(text) }));
  const mapping = {
    ...columns.mapping,
    ...(row.line === 1 ? {} : { line: row.line }),
    ...(titleRows.length === 0 ? {} : { titleRows }),
  };
  return { ok: true, delimiter, header: { mapping, byteLength: row.byteOffset, lines: row.firstLine - 1 } };
}

/** The first row that has every required column, or else the one that has most of them. */
function findHeader(
  head: Uint8Array,
  start: Boundary,
  options: HeaderOptions,
  delimiter: Delimiter,
): Candidate | undefined {
  const rows: Row[] = [];
  let best: Candidate | undefined;
  let row = readRow(head, start, options, delimiter);
  while (row !== undefined && rows.length <= TITLE_ROWS_MAX) {
    const fields = knownFields(row.titles.slice(0, COLUMNS_MAX), options.mapping);
    if (best === undefined || fields.size > best.known) {
      best = { delimiter, above: [...rows], row, known: fields.size };
    }
    if (REQUIRED_FIELDS.every((field) => fields.has(field))) break;
    rows.push(row);
    row = readRow(head, row, options, delimiter);
  }
  return best;
}

/** The first row from here on in which something stands. */
function readRow(head: Uint8Array, from: Boundary, options: HeaderOptions, delimiter: Delimiter): Row | undefined {
  const reader = new RecordReader(head, { delimiter, newline: options.newline }, true);
  let line = from.firstLine;
  let step = reader.read(from.byteOffset);
  while (step !== undefined) {
    const { start, end, next = head.length } = step;
    const bytes = head.subarray(start, end);
    const text = decodeRecord(bytes, options.encoding) ?? decodeForReport(bytes, options.encoding);
    const titles = step.blank ? [] : parseCells(text, delimiter).map((title) => trimCell(title));
    const after = line + step.lines;
    if (titles.some((title) => title !== '')) {
      return { titles, text, line, start, end, byteOffset: next, firstLine: after };
    }
    line = after;
    step = step.next === undefined ? undefined : reader.read(step.next);
  }
  return undefined;
}
