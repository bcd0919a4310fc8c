import { parseCells } from './cells.ts';
import type { Boundary } from './chunks.ts';
import {
  DELIMITERS,
  type Aspect,
  type Delimiter,
  type Dialect,
  type DialectOverrides,
  type Encoding,
} from './dialect.ts';
import { decodeForReport, decodeRecord } from './encoding.ts';
import { EncodingEvidence } from './evidence/encoding-evidence.ts';
import { RowEvidence } from './evidence/row-evidence.ts';
import { fieldOf, REQUIRED_FIELDS, type Field, type FieldIndexes, type HeaderMapping } from './fields.ts';
import { refuseContent, type FileProblem } from './file-problems.ts';
import { newlineOf, RecordReader, scanRecords, type Syntax } from './scan.ts';
import { trimCell } from './text.ts';

/** How many bytes of a file detectDialect wants to see: these, or the whole file if it is shorter. */
export const HEAD_BYTES_MAX = 65_536;

const BOM: readonly number[] = [0xef, 0xbb, 0xbf];

/** The header row, understood. */
export interface Header {
  readonly mapping: HeaderMapping;
  /** The offset of the first data byte in the file, byte order mark included. */
  readonly byteLength: number;
  /** Physical lines before the data: it starts on the next one. */
  readonly lines: number;
}

interface Refusal {
  readonly ok: false;
  readonly problem: FileProblem;
}

export type Detection = { readonly ok: true; readonly dialect: Dialect; readonly header: Header } | Refusal;

/** The boundary is where the data starts. */
interface HeaderRow extends Boundary {
  readonly delimiter: Delimiter;
  readonly titles: readonly string[];
}

/**
 * Reads a file's dialect and header from its first HEAD_BYTES_MAX (or all of it). A problem here is one of the whole
 * file: no row of it can be read. What the uploader overrides is believed, the rest is detected:
 *
 * - delimiter: the one that makes the most titles known (Excel's `sep=;` line settles it);
 * - encoding: UTF-8 unless the bytes speak against it, then the one in which its letters can stand where they stand;
 * - decimals and dates: by what amounts and due dates can only mean.
 *
 * What later bytes have a say in is `open` in the dialect; FileEvidence completes it. `known` is the encoding that the whole
 * file was found to have.
 */
export function detectDialect(head: Uint8Array, overrides: DialectOverrides = {}, known?: Encoding): Detection {
  const refusal = refuseContent(head);
  if (refusal !== undefined) return { ok: false, problem: refusal };

  const bom = BOM.every((byte, i) => head[i] === byte);
  const evidence = new EncodingEvidence();
  evidence.see(head);
  const decided = overrides.encoding ?? (bom ? 'utf-8' : (known ?? evidence.decision));
  const encoding = decided ?? encodingOf(evidence, head);
  const newline = newlineOf(head);
  const row = findHeader(head, bom ? BOM.length : 0, { newline, encoding, delimiter: overrides.delimiter });
  const header = readTitles(row);
  if (!header.ok) return header;

  const rows = new RowEvidence(row.delimiter, header.header.mapping);
  lookAtRows(rows, head, { delimiter: row.delimiter, newline }, row);
  const open = isWhole(head) ? [] : openAspects(overrides, { encoding: decided, decimal: rows.decimal });
  const dialect = {
    delimiter: row.delimiter,
    encoding,
    ...(overrides.encoding === undefined ? {} : { encodingFixed: true }),
    bom,
    ...rows.conclude(overrides, undefined),
    dateFixed: overrides.date !== undefined,
    newline,
    ...(open.length > 0 ? { open } : {}),
  };
  return { ok: true, dialect, header: header.header };
}

/** A head that is shorter than it may be is the whole file, and nothing is open. */
function isWhole(head: Uint8Array): boolean {
  return head.length < HEAD_BYTES_MAX;
}

/** What the rest of the file has a say in. */
function openAspects(
  { decimal, date }: DialectOverrides,
  known: { readonly encoding: Encoding | undefined; readonly decimal: '.' | ',' | undefined },
): readonly Aspect[] {
  const open: Aspect[] = [];
  if (known.encoding === undefined) open.push('encoding');
  if (decimal === undefined && known.decimal === undefined) open.push('decimals');
  if (decimal === undefined) open.push('thousands');
  if (date === undefined) open.push('dates');
  return open;
}

/** Shows the rows of the head to `rows`; not the last one when the head may have cut it. */
function lookAtRows(rows: RowEvidence, head: Uint8Array, syntax: Syntax, from: Boundary): void {
  const data = Buffer.from(head.buffer, head.byteOffset, head.length).subarray(from.byteOffset);
  const records = scanRecords(data, syntax, from.firstLine);
  rows.within(data);
  for (const { start, end, line, flaw } of isWhole(head) ? records : records.slice(0, -1)) {
    if (flaw === undefined) rows.look(start, end, line);
  }
}

/** What the head says; of a whole file it is decided. */
function encodingOf(evidence: EncodingEvidence, head: Uint8Array): Encoding {
  return isWhole(head) ? evidence.finish() : evidence.guess;
}

interface HeaderReading {
  readonly newline: Dialect['newline'];
  readonly encoding: Encoding;
  readonly delimiter: Delimiter | undefined;
}

/** The first line that is not blank, cut by the delimiter that makes most of it. */
function findHeader(head: Uint8Array, from: number, reading: HeaderReading): HeaderRow {
  const first = headerCutBy(head, { byteOffset: from, firstLine: 1 }, reading, reading.delimiter ?? ',');
  const hint = /^sep=(.)$/i.exec(first.line)?.[1];
  const start = hint === undefined ? { byteOffset: from, firstLine: 1 } : first;
  const hinted = DELIMITERS.find((each) => each === hint);

  const given = reading.delimiter ?? hinted;
  const candidates = (given === undefined ? DELIMITERS : [given]).map((each) =>
    headerCutBy(head, start, reading, each),
  );
  const known = (row: HeaderRow): number => new Set(row.titles.flatMap((title) => fieldOf(title) ?? [])).size;
  // A stable sort: between equals the order of DELIMITERS decides.
  const [best] = candidates.toSorted((a, b) => known(b) - known(a) || b.titles.length - a.titles.length);
  return best ?? headerCutBy(head, start, reading, ',');
}

function headerCutBy(
  head: Uint8Array,
  from: Boundary,
  reading: HeaderReading,
  delimiter: Delimiter,
): HeaderRow & { readonly line: string } {
  const reader = new RecordReader(head, { delimiter, newline: reading.newline }, true);
  let line = from.firstLine;
  let step = reader.read(from.byteOffset);
  while (step?.blank === true && step.next !== undefined) {
    line += step.lines;
    step = reader.read(step.next);
  }
  if (step === undefined) return { delimiter, titles: [], line: '', byteOffset: head.length, firstLine: line };

  const bytes = head.subarray(step.start, step.end);
  const text = decodeRecord(bytes, reading.encoding) ?? decodeForReport(bytes, reading.encoding);
  const titles = parseCells(text, delimiter).map((title) => trimCell(title));
  return { delimiter, titles, line: text, byteOffset: step.next ?? head.length, firstLine: line + step.lines };
}

function readTitles(row: HeaderRow): { readonly ok: true; readonly header: Header } | Refusal {
  const titled = row.titles.map((header, index) => ({ header, index, field: fieldOf(header) }));
  const columns = titled.flatMap(({ field, ...rest }) => (field === undefined ? [] : [{ field, ...rest }]));
  const index = new Map(columns.map((column) => [column.field, column.index]));

  const missing = REQUIRED_FIELDS.filter((field) => !index.has(field));
  if (missing.length > 0) return { ok: false, problem: headerMissing(missing, row.titles) };
  const twice = columns.find((column) => index.get(column.field) !== column.index);
  if (twice !== undefined) {
    const titles = columns.filter(({ field }) => field === twice.field).map(({ header }) => header);
    return { ok: false, problem: headerAmbiguous(twice.field, titles) };
  }
  const mapping: HeaderMapping = {
    indexes: Object.fromEntries(index) as FieldIndexes,
    columns,
    ignored: titled.flatMap(({ field, ...rest }) => (field === undefined && rest.header !== '' ? [rest] : [])),
    columnCount: row.titles.findLastIndex((title) => title !== '') + 1,
  };
  return { ok: true, header: { mapping, byteLength: row.byteOffset, lines: row.firstLine - 1 } };
}

function headerMissing(missing: readonly Field[], titles: readonly string[]): FileProblem {
  const found = titles.map((title) => `"${title.slice(0, 40)}"`).slice(0, 20);
  const message = `Faltam no cabeçalho as colunas ${missing.join(', ')}. Colunas encontradas: ${found.join(', ')}. A primeira linha do arquivo deve trazer os títulos das colunas.`;
  return { code: 'HEADER_MISSING', message };
}

function headerAmbiguous(field: Field, titles: readonly string[]): FileProblem {
  const found = titles.map((title) => `"${title.slice(0, 40)}"`).join(' e ');
  const message = `Mais de uma coluna serve para ${field}: ${found}. Deixe só uma ou mude o título das outras.`;
  return { code: 'HEADER_AMBIGUOUS', message };
}
