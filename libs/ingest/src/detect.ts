import { parseBrDate, parseIsoDate } from '#calendar';

import { parseCells } from './cells.ts';
import type { Dialect, DialectOverrides, Encoding } from './dialect.ts';
import { isAmbiguousAmount } from './amount.ts';
import { decodeRecord, guessEncoding } from './encoding.ts';
import { refuseContent, type FileProblem } from './file-problems.ts';
import { readHeader, type Header } from './header.ts';
import { newlineOf, scanRecords, type Syntax } from './scan.ts';
import { trimCell } from './text.ts';

/** How many bytes of a file detectDialect wants to see: these, or the whole file if it is shorter. */
export const HEAD_BYTES_MAX = 65_536;

const BOM: readonly number[] = [0xef, 0xbb, 0xbf];

interface Refusal {
  readonly ok: false;
  readonly problem: FileProblem;
}

export type Detection = { readonly ok: true; readonly dialect: Dialect; readonly header: Header } | Refusal;

/**
 * Reads a file's dialect and header from its first HEAD_BYTES_MAX (or all of it). A problem here is one of the whole
 * file: no row of it can be read. What the uploader overrides is believed, the rest is detected:
 *
 * - delimiter and header row: those that make the most titles known (Excel's `sep=;` line settles the delimiter);
 * - encoding: UTF-8 unless the bytes speak against it, then windows-1252;
 * - decimals and dates: by the cells of the rows in the head.
 */
export function detectDialect(head: Uint8Array, overrides: DialectOverrides = {}): Detection {
  const refusal = refuseContent(head);
  if (refusal !== undefined) return { ok: false, problem: refusal };

  const bom = BOM.every((byte, i) => head[i] === byte);
  const encoding = overrides.encoding ?? (bom ? 'utf-8' : guessEncoding(head));
  const newline = newlineOf(head);
  const { delimiter, mapping: chosen } = overrides;
  const header = readHeader(head, bom ? BOM.length : 0, { newline, encoding, delimiter, mapping: chosen });
  if (!header.ok) return header;

  const syntax = { delimiter: header.delimiter, newline };
  const sample = sampleRows(head, syntax, encoding, header.header.byteLength);
  const column = (index: number): readonly string[] => sample.map((cells) => trimCell(cells[index] ?? ''));
  const dialect = {
    delimiter: header.delimiter,
    encoding,
    bom,
    ...decimalOf(column(header.header.mapping.indexes.debtAmount), overrides.decimal),
    date: overrides.date ?? dateOf(column(header.header.mapping.indexes.debtDueDate)),
    dateFixed: overrides.date !== undefined,
    newline,
  };
  return { ok: true, dialect, header: header.header };
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
