import type { Aspect, Delimiter, Dialect, DialectOverrides, Proof } from '../dialect/dialect.ts';
import { parseCells } from '../records/cells.ts';
import { isAmbiguousAmount } from '../row/amount.ts';
import { hasTwoReadings } from '../row/due-date.ts';
import type { HeaderMapping } from '../row/fields.ts';
import { trimCell, withoutApostrophe } from '../row/text.ts';

const COMMA = 0x2c;
const DASH = 0x2d;
const DOT = 0x2e;
const SLASH = 0x2f;
const ZERO = 0x30;
const NINE = 0x39;

const DATE_CHARS = 10;
const MONTHS = 12;
const DAYS = 31;
/**
 * Matches the dates that readDueDate reads, without years of two digits. Those give no evidence, because such a date is
 * only read where its numbers have one reading.
 */
const NUMBERS = /^(\d{1,2})([/.-])(\d{1,2})\2\d{4}(?!\d)/;
const ISO = /^\d{4}-\d\d-\d\d/;

/** Aspects that the reading of a row can depend on, as bits. */
const ON_THOUSANDS = 1;
const ON_DECIMALS = 2;
const ON_DATES = 4;
const BITS: Readonly<Record<Aspect, number>> = {
  encoding: 0,
  thousands: ON_THOUSANDS,
  decimals: ON_DECIMALS,
  dates: ON_DATES,
};

/** The aspects as bits, to be compared with what `look` returns. */
export function bitsOf(aspects: readonly Aspect[]): number {
  return aspects.reduce((bits, aspect) => bits | BITS[aspect], 0);
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

/**
 * Gathers from the rows of a file what its amounts and due dates can only mean, and tells of each row on what its
 * reading depends. Looks at the bytes of two cells, and makes texts only of what is unusual.
 */
export class RowEvidence {
  readonly #seen: Partial<Record<Proof, number>> = {};
  #dots = 0;
  #commas = 0;
  #isoDates = 0;
  #otherDates = 0;

  #bytes: Buffer = Buffer.alloc(0);
  /** Distances from the row's end to the start of the date and to the end of the amount, in the last row. */
  #dateBeforeEnd = 0;
  #amountBeforeEnd = 0;
  /** The byte before its centavos, 0 if it has none. */
  #separator = 0;
  /** The first two numbers of its date; the first is 0 where it begins with the year. */
  #first = 0;
  #second = 0;

  readonly #delimiter: Delimiter;
  readonly #delimiterByte: number;
  readonly #indexes: HeaderMapping['indexes'];
  /** How many cells stand behind these two in a row that has as many as the header. */
  readonly #behindAmount: number;
  readonly #behindDate: number;

  constructor(delimiter: Delimiter, { indexes, columnCount }: HeaderMapping) {
    this.#delimiter = delimiter;
    this.#delimiterByte = delimiter.charCodeAt(0);
    this.#indexes = indexes;
    this.#behindAmount = columnCount - 1 - indexes.debtAmount;
    this.#behindDate = columnCount - 1 - indexes.debtDueDate;
  }

  /** The records that follow stand in these bytes. */
  within(bytes: Buffer): void {
    this.#bytes = bytes;
  }

  /** Takes the record from `start` to `end` (exclusive, without its line end); returns on what its reading depends. */
  look(start: number, end: number, line: number): number {
    const isUsual = this.#isAsBefore(start, end) || this.#find(start, end);
    if (isUsual) return this.#sayCells(line);
    const cells = parseCells(this.#bytes.toString('latin1', start, end), this.#delimiter);
    const cell = (index: number): string => withoutApostrophe(trimCell(cells[index] ?? ''));
    return this.#amount(cell(this.#indexes.debtAmount), line) | this.#date(cell(this.#indexes.debtDueDate), line);
  }

  /** The conclusion from the rows, given the uploader's overrides and, once decided, the form of amounts. */
  conclude(
    { decimal, date }: DialectOverrides,
    decided: '.' | ',' | undefined,
  ): Pick<Dialect, 'decimal' | 'decimalSure' | 'date' | 'dateOrder' | 'seen'> {
    const majority = this.#commas > this.#dots ? ',' : '.';
    const order = this.#order();
    const slashed = order === 'us' ? 'us' : 'br';
    const isContradictory = order === 'both' || (this.#dots > 0 && this.#commas > 0);
    return {
      decimal: decimal ?? decided ?? majority,
      decimalSure: decimal !== undefined || (this.#dots === 0) !== (this.#commas === 0),
      date: date ?? (this.#otherDates > this.#isoDates ? slashed : 'iso'),
      ...(date !== undefined || order === 'br' ? {} : { dateOrder: order }),
      ...(isContradictory ? { seen: { ...this.#seen } } : {}),
    };
  }

  /** The separator of most amounts that show it; undefined while none does. */
  get decimal(): '.' | ',' | undefined {
    if (this.#dots + this.#commas === 0) return undefined;
    return this.#commas > this.#dots ? ',' : '.';
  }

  /** Brazilian where nothing shows it: that is what the dates of nearly all files mean here. */
  #order(): NonNullable<Dialect['dateOrder']> {
    if (this.#seen.monthFirst === undefined) return 'br';
    return this.#seen.dayFirst === undefined ? 'us' : 'both';
  }

  /**
   * True when both cells stand as far from the end as in the previous row and have a usual form. Most rows look like
   * the previous one.
   */
  #isAsBefore(start: number, end: number): boolean {
    const bytes = this.#bytes;
    const delimiter = this.#delimiterByte;
    const dateAt = end - this.#dateBeforeEnd;
    const amountEnd = end - this.#amountBeforeEnd;
    if (dateAt < start || amountEnd - 4 < start || bytes[amountEnd] !== delimiter) return false;
    if (dateAt > start && bytes[dateAt - 1] !== delimiter) return false;
    if (dateAt + DATE_CHARS < end && bytes[dateAt + DATE_CHARS] !== delimiter) return false;
    const separator = bytes[amountEnd - 3];
    if ((separator !== DOT && separator !== COMMA) || !isDigit(bytes[amountEnd - 4])) return false;
    if (!isDigit(bytes[amountEnd - 2]) || !isDigit(bytes[amountEnd - 1])) return false;
    this.#separator = separator;
    return this.#readDate(dateAt);
  }

  /** Walks over the cells from the end; false if the two are not there or written in an unusual way. */
  #find(start: number, end: number): boolean {
    const bytes = this.#bytes;
    const delimiter = this.#delimiterByte;
    const furthest = Math.max(this.#behindAmount, this.#behindDate);
    let dateAt = 0;
    let cellEnd = end;
    for (let behind = 0; behind <= furthest; behind += 1) {
      let at = cellEnd - 1;
      while (at >= start && bytes[at] !== delimiter) at -= 1;
      if (at < start && behind < furthest) return false;
      if (behind === this.#behindDate) {
        if (cellEnd - at - 1 !== DATE_CHARS) return false;
        dateAt = at + 1;
      }
      if (behind === this.#behindAmount) {
        this.#separator = separatorOf(bytes, at + 1, cellEnd);
        if (this.#separator < 0) return false;
        this.#amountBeforeEnd = end - cellEnd;
      }
      cellEnd = at;
    }
    this.#dateBeforeEnd = end - dateAt;
    return this.#readDate(dateAt);
  }

  /** Reads the numbers of a date in ten bytes; false when the date begins with the year. */
  #readDate(at: number): boolean {
    const bytes = this.#bytes;
    if (bytes[at + 4] === DASH && bytes[at + 7] === DASH) {
      this.#first = 0;
      return isDigit(bytes[at]);
    }
    if (bytes[at + 2] !== SLASH || bytes[at + 5] !== SLASH || !isDigit(bytes[at + 9])) return false;
    this.#first = twoDigits(bytes, at);
    this.#second = twoDigits(bytes, at + 3);
    return this.#first > 0 && this.#second > 0;
  }

  /** The evidence of the two cells that were found last. */
  #sayCells(line: number): number {
    if (this.#separator === DOT) this.#decimalSeen('.', line);
    else if (this.#separator === COMMA) this.#decimalSeen(',', line);
    const onAmount = this.#separator === 0 ? 0 : ON_DECIMALS;
    if (this.#first > 0) return onAmount | this.#numbers(this.#first, this.#second, line);
    this.#isoDates += 1;
    return onAmount;
  }

  #amount(text: string, line: number): number {
    // A no-break space is one byte or two.
    const bare = text.replaceAll(/[R$Â\s]/g, '');
    const said = decimalSaid(bare);
    if (said !== undefined) this.#decimalSeen(said, line);
    if (isAmbiguousAmount(bare)) return ON_THOUSANDS | ON_DECIMALS;
    return bare.includes('.') || bare.includes(',') ? ON_DECIMALS : 0;
  }

  #date(text: string, line: number): number {
    if (ISO.test(text)) this.#isoDates += 1;
    const [, first, , second] = NUMBERS.exec(text) ?? [];
    return first === undefined || second === undefined ? 0 : this.#numbers(Number(first), Number(second), line);
  }

  #numbers(first: number, second: number, line: number): number {
    this.#otherDates += 1;
    if (hasTwoReadings(first, second)) return ON_DATES;
    if (first > MONTHS && first <= DAYS && second >= 1 && second <= MONTHS) this.#seen.dayFirst ??= line;
    if (second > MONTHS && second <= DAYS && first >= 1 && first <= MONTHS) this.#seen.monthFirst ??= line;
    return 0;
  }

  #decimalSeen(decimal: '.' | ',', line: number): void {
    if (decimal === '.') {
      if (this.#dots === 0) this.#seen.dot = line;
      this.#dots += 1;
    } else {
      if (this.#commas === 0) this.#seen.comma = line;
      this.#commas += 1;
    }
  }
}

/** The byte before the centavos of an amount in reais; 0 for an amount without centavos, -1 for any other form. */
function separatorOf(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && isDigit(bytes[at])) at += 1;
  if (at === start) return -1;
  if (at === end) return 0;
  const separator = bytes[at] ?? 0;
  const decimals = end - at - 1;
  if ((separator !== DOT && separator !== COMMA) || decimals < 1 || decimals > 2) return -1;
  return isDigit(bytes[at + 1]) && isDigit(bytes[end - 1]) ? separator : -1;
}

function isDigit(byte = 0): boolean {
  return byte >= ZERO && byte <= NINE;
}

/** The number; -1 if it is none. */
function twoDigits(bytes: Buffer, at: number): number {
  if (!isDigit(bytes[at]) || !isDigit(bytes[at + 1])) return -1;
  return ((bytes[at] ?? 0) - ZERO) * 10 + (bytes[at + 1] ?? 0) - ZERO;
}
