import { parseBrDate, parseIsoDate } from '#calendar';

import { parseCells } from './cells.ts';
import type { Boundary } from './chunks.ts';
import { DELIMITERS, type Delimiter, type Dialect, type DialectOverrides, type Encoding } from './dialect.ts';
import { isAmbiguousAmount } from './amount.ts';
import { decodeForReport, decodeRecord, guessEncoding } from './encoding.ts';
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
 * - encoding: UTF-8 unless the bytes speak against it, then windows-1252;
 * - decimals and dates: by the cells of the rows in the head.
 */
export function detectDialect(head: Uint8Array, overrides: DialectOverrides = {}): Detection {
  const refusal = refuseContent(head);
  if (refusal !== undefined) return { ok: false, problem: refusal };

  const bom = BOM.every((byte, i) => head[i] === byte);
  const encoding = overrides.encoding ?? (bom ? 'utf-8' : guessEncoding(head));
  const newline = newlineOf(head);
  const row = findHeader(head, bom ? BOM.length : 0, { newline, encoding, delimiter: overrides.delimiter });
  const header = readTitles(row);
  if (!header.ok) return header;

  const sample = sampleRows(head, { delimiter: row.delimiter, newline }, encoding, row.byteOffset);
  const column = (index: number): readonly string[] => sample.map((cells) => trimCell(cells[index] ?? ''));
  const dialect = {
    delimiter: row.delimiter,
    encoding,
    bom,
    ...decimalOf(column(header.header.mapping.indexes.debtAmount), overrides.decimal),
    date: overrides.date ?? dateOf(column(header.header.mapping.indexes.debtDueDate)),
    dateFixed: overrides.date !== undefined,
    newline,
  };
  return { ok: true, dialect, header: header.header };
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
    cellsMin: Math.max(...REQUIRED_FIELDS.map((field) => index.get(field) ?? 0)) + 1,
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

/** The rows of the head; the last one is left out when the head may have cut it. */
function sampleRows(
  head: Uint8Array,
  syntax: Syntax,
  encoding: Encoding,
  from: number,
): readonly (readonly string[])[] {
  const data = head.subarray(from);
  const records = scanRecords(data, syntax).filter((record) => record.flaw === undefined);
  const whole = head.length < HEAD_BYTES_MAX ? records : records.slice(0, -1);
  return whole.flatMap((record) => {
    const text = decodeRecord(data.subarray(record.start, record.end), encoding);
    return text === undefined ? [] : [parseCells(text, syntax.delimiter)];
  });
}

/** Which separator an amount can only be read with; undefined for `100` and for `1.234`, which say nothing. */
function decimalSaid(amount: string): '.' | ',' | undefined {
  const digits = amount.replaceAll(/[R$\s-]/g, '');
  if (!/^\d[\d.,]*$/.test(digits)) return undefined;
  const dot = digits.lastIndexOf('.');
  const comma = digits.lastIndexOf(',');
  if (dot < 0 && comma < 0) return undefined;
  if (dot >= 0 && comma >= 0) return dot > comma ? '.' : ',';

  const [own, other] = dot >= 0 ? (['.', ','] as const) : ([',', '.'] as const);
  if (digits.indexOf(own) !== digits.lastIndexOf(own)) return other;
  return isAmbiguousAmount(digits) ? undefined : own;
}

function decimalOf(
  amounts: readonly string[],
  chosen: '.' | ',' | undefined,
): Pick<Dialect, 'decimal' | 'decimalSure'> {
  if (chosen !== undefined) return { decimal: chosen, decimalSure: true };
  const said = amounts.map((amount) => decimalSaid(amount));
  const dots = said.filter((decimal) => decimal === '.').length;
  const commas = said.filter((decimal) => decimal === ',').length;
  return { decimal: commas > dots ? ',' : '.', decimalSure: (dots === 0) !== (commas === 0) };
}

function dateOf(dates: readonly string[]): 'iso' | 'br' {
  const br = dates.filter((date) => parseBrDate(date) !== undefined).length;
  const iso = dates.filter((date) => parseIsoDate(date) !== undefined).length;
  return br > iso ? 'br' : 'iso';
}
