import type { ColumnMapping } from './fields.ts';

/** The byte between two cells. */
export type Delimiter = ',' | ';' | '\t' | '|';

/** How the file's bytes become text. Both keep ASCII bytes as they are, which is what the scanner relies on. */
export type Encoding = 'utf-8' | 'windows-1252';

/** What ends a line. 'lf' and 'crlf' are scanned alike (a CR before the LF is dropped), 'cr' is the old Mac form. */
export type Newline = 'lf' | 'crlf' | 'cr';

/** How one file writes its cells, as detected from its head or said by the uploader. Plain data: stored as JSON. */
export interface Dialect {
  readonly delimiter: Delimiter;
  readonly encoding: Encoding;
  /** The file starts with the three bytes of a UTF-8 byte order mark; the header's length counts them. */
  readonly bom: boolean;
  /** What separates reais from centavos, in the whole file. */
  readonly decimal: '.' | ',';
  /**
   * True if the uploader chose `decimal`, or the head has amounts that can only be read that way and none that can only
   * be read the other way. Otherwise an amount like `1.234` or `1,234` is refused rather than read 1000 times too big.
   */
  readonly decimalSure: boolean;
  /** The form most dates are written in: `2026-12-31` or `31/12/2026`. */
  readonly date: 'iso' | 'br';
  /** True when the uploader chose `date`: only that form is read. Otherwise both are, they cannot be confused. */
  readonly dateFixed: boolean;
  readonly newline: Newline;
}

/** What an uploader may say about a file instead of letting it be detected. */
export interface DialectOverrides {
  readonly delimiter?: Delimiter | undefined;
  readonly encoding?: Encoding | undefined;
  readonly decimal?: '.' | ',' | undefined;
  readonly date?: 'iso' | 'br' | undefined;
  /** The titles of the columns, where they are others than those that are known. */
  readonly mapping?: ColumnMapping | undefined;
}

export const DELIMITERS: readonly Delimiter[] = [',', ';', '\t', '|'];
