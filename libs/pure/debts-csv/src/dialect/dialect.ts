import type { ColumnMapping } from '../row/fields.ts';

/** The byte between two cells. */
export type Delimiter = ',' | ';' | '\t' | '|';

/** How the file's bytes become text. All keep ASCII bytes as they are, which is what the scanner relies on. */
export type Encoding = 'utf-8' | 'windows-1252' | 'cp850' | 'macintosh';

/** The end of a line. 'lf' and 'crlf' are scanned alike (a CR before the LF is dropped); 'cr' is the old Mac form. */
export type Newline = 'lf' | 'crlf' | 'cr';

/** How one file writes its cells, as detected from its bytes or said by the uploader. Plain data: stored as JSON. */
export interface Dialect {
  readonly delimiter: Delimiter;
  readonly encoding: Encoding;
  /** True when the uploader chose `encoding`: letters that cannot stand where they stand are then believed. */
  readonly encodingFixed?: boolean;
  /** The file starts with the three bytes of a UTF-8 byte order mark; the header's length counts them. */
  readonly bom: boolean;
  /** The separator between reais and centavos in the whole file. */
  readonly decimal: '.' | ',';
  /**
   * True if the uploader chose `decimal`, or the file has amounts that can only be read that way and none that can only
   * be read the other way. Otherwise an amount like `1.234` or `1,234` is refused rather than read 1000 times too big.
   */
  readonly decimalSure: boolean;
  /** The form most dates are written in: `2026-12-31`, `31/12/2026` or `12/31/2026`. */
  readonly date: 'iso' | 'br' | 'us';
  /**
   * True when the uploader chose `date`: only that form is read. Otherwise 2026-12-31 is, and what `dateOrder` says.
   */
  readonly dateFixed: boolean;
  /**
   * Which number of `02/03/2027` is the day: 'br' the first (also where no date of the file shows it), 'us' the second.
   * 'both': some dates can only be read in one way and some only in the other; what can be read in both is refused.
   */
  readonly dateOrder?: 'br' | 'us' | 'both';
  readonly newline: Newline;
  /**
   * The first lines on which something was seen that can be read in one way only; for messages. Decimals and dates only
   * where the file has both.
   */
  readonly seen?: Readonly<Partial<Record<Proof, number>>>;
  /**
   * Aspects that the rest of the file may still decide. A row whose reading depends on one must wait. Left out when
   * there is none.
   */
  readonly open?: readonly Aspect[];
}

/** `12.50`, `12,50`, `31/12/2026`, `12/31/2026`; a character that is UTF-8, and a byte that is none. */
export type Proof = 'dot' | 'comma' | 'dayFirst' | 'monthFirst' | EncodingProof;
export type EncodingProof = 'utf8' | 'notUtf8';

/**
 * 'decimals': which separator is the decimal one; every amount with one depends on it. 'thousands': whether `1.234` may
 * be read at all. 'dates': which number of `02/03/2027` is the day. 'encoding': what bytes beyond ASCII mean.
 */
export type Aspect = 'encoding' | 'decimals' | 'thousands' | 'dates';

/** A row depends on what the rest of its file has still to say: it cannot be judged before that is known. */
export class ReadingOpenError extends Error {
  constructor(aspect: Aspect) {
    super(`the row depends on the ${aspect} of its file, which are not decided yet`);
    this.name = 'ReadingOpenError';
  }
}

/** Aspects that an uploader may state, so that they are not detected. */
export interface DialectOverrides {
  readonly delimiter?: Delimiter | undefined;
  readonly encoding?: Encoding | undefined;
  readonly decimal?: '.' | ',' | undefined;
  readonly date?: 'iso' | 'br' | 'us' | undefined;
  /** The titles of the columns, where they are others than those that are known. */
  readonly mapping?: ColumnMapping | undefined;
}

export const DELIMITERS: readonly Delimiter[] = [',', ';', '\t', '|'];
