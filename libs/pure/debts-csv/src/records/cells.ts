import type { Delimiter, Dialect } from '../dialect/dialect.ts';

/** The cells of one well-formed record, RFC 4180; a quote inside an unquoted cell is text. */
export function parseCells(record: string, delimiter: Delimiter): readonly string[] {
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    if (record[at] !== '"') {
      const end = indexOrEnd(record, delimiter, at);
      cells.push(record.slice(at, end));
      at = end;
    } else {
      const end = closingQuote(record, at + 1);
      cells.push(record.slice(at + 1, end).replaceAll('""', '"'));
      at = indexOrEnd(record, delimiter, end + 1);
    }
    if (at >= record.length) return cells;
    at++;
  }
}

function indexOrEnd(text: string, wanted: string, from: number): number {
  const found = text.indexOf(wanted, from);
  return found < 0 ? text.length : found;
}

function closingQuote(record: string, from: number): number {
  let at = indexOrEnd(record, '"', from);
  while (record[at + 1] === '"') at = indexOrEnd(record, '"', at + 2);
  return at;
}

/** csv-parse options: see csvParseOptions. */
export interface CsvParseOptions {
  readonly delimiter: string;
  readonly quote: string;
  readonly escape: string;
  readonly record_delimiter: string;
  readonly relax_column_count: boolean;
  readonly relax_quotes: boolean;
  readonly skip_empty_lines: boolean;
}

/**
 * How csv-parse has to be set up to read well-formed records of scanRecords, joined by `record_delimiter`, as the
 * scanner meant them: one csv record for each. `relax_quotes` because a quote inside an unquoted cell is text.
 */
export function csvParseOptions(dialect: Pick<Dialect, 'delimiter' | 'newline'>): CsvParseOptions {
  return {
    delimiter: dialect.delimiter,
    quote: '"',
    escape: '"',
    record_delimiter: dialect.newline === 'cr' ? '\r' : '\n',
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: false,
  };
}

/** Excel, LibreOffice and Google Sheets run a cell that starts with one of these; the wide forms count as well. */
const FORMULA_START = /^[=+\-@\t\r\n\0＝＋－＠]/;
const NEEDS_QUOTES = /[",;\t\r\n]|^\s|\s$/;

/** The separator between the cells of a CSV that we write: the comma of RFC 4180, or what Excel expects in Brazil. */
export type CsvSeparator = ',' | ';';

/**
 * Where a cell begins for a program that takes another separator than ours, in front of what it would run. Such a
 * program finds our quotes in the middle of its cells, where they protect nothing, and drops those at the start of one.
 */
const INNER_FORMULA: Readonly<Record<CsvSeparator, RegExp>> = {
  ',': /[;\t|\r\n\v\f\u0085\u2028\u2029](?=[" \0\u00a0]*[=+\-@＝＋－＠])/g,
  ';': /[,;\t|\r\n\v\f\u0085\u2028\u2029](?=[" \0\u00a0]*[=+\-@＝＋－＠])/g,
};

/**
 * One cell of a CSV that we write: quoted where RFC 4180 asks for it, and with an apostrophe in front where a
 * spreadsheet would take it for a formula (numbers below zero included), because the text comes from outside. The same
 * is done after each separator inside the cell, because a spreadsheet may cut the line there.
 */
export function csvCell(text: string, separator: CsvSeparator = ','): string {
  const inside = text.replace(INNER_FORMULA[separator], "$&'");
  const safe = FORMULA_START.test(inside) ? `'${inside}` : inside;
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** One line of such a CSV, with its CRLF. */
export function csvLine(cells: readonly string[], separator: CsvSeparator = ','): string {
  return `${cells.map((cell) => csvCell(cell, separator)).join(separator)}\r\n`;
}
