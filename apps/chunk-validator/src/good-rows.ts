import {
  BigintColumnWriter,
  DateColumnWriter,
  DistinctTextWriter,
  hashBytes,
  TextColumnWriter,
  type TextColumn,
} from '#database';
import { dayNumber } from '#calendar';
import type { Address, ParsedRow, PlainRowReader } from '#debts-csv';
import type { RecentTexts } from './recent-texts.ts';

/** A row that may become a debt, with the physical line it starts on. */
export interface GoodRow extends ParsedRow {
  readonly line: number;
}

/** The rows of a chunk that may become debts. */
export interface GoodRows {
  readonly count: number;
  /** Rows whose debt ids did not come lately: nearly always all of them are new. None, if nothing is to be presumed. */
  readonly fresh: RowSet;
  readonly others: RowSet;
  /**
   * The row that starts on a line, as a whole. It is read again when somebody asks for it, which hardly anybody does: ten thousand
   * objects would keep the garbage collector as busy as reading them kept us.
   */
  readonly row: (line: number) => GoodRow;
}

/** Rows in line order and column by column, as they are sent to the database: the same place in each column is the same row. */
export interface RowSet {
  readonly lines: readonly number[];
  readonly columns: RowColumns;
  readonly people: People;
  /** Of each row its debtor's place among the people. */
  readonly debtors: readonly number[];
}

interface RowColumns {
  readonly debtIds: TextColumn;
  readonly names: TextColumn;
  readonly emails: TextColumn;
  /** `bigint[]`, centavos. */
  readonly amounts: Buffer;
  /** `date[]` */
  readonly dueDates: Buffer;
  /** `bigint[]` */
  readonly lines: Buffer;
}

/** Whom the rows of a set name, each once, in the order in which they come, with what the first row says of them. */
export interface People {
  readonly documents: TextColumn;
  readonly names: TextColumn;
  /** Of the few who have one, by their place. */
  readonly addresses: ReadonlyMap<number, Address>;
  /** Of each the line of the first row. */
  readonly firstLines: readonly number[];
  /** The places of those who did not come lately: nearly always they are not on record. */
  readonly strangers: readonly number[];
  /** The places of all others. */
  readonly seen: readonly number[];
}

/** What came lately, in this chunk and those that this process had before. */
export interface Lately {
  readonly debtIds: RecentTexts;
  readonly documents: RecentTexts;
}

/** Every row as a whole, in line order. */
export function allRows({ fresh, others, row }: GoodRows): readonly GoodRow[] {
  return [...fresh.lines, ...others.lines].toSorted((one, other) => one - other).map((line) => row(line));
}

/** Takes good rows one by one. Keeps the memory of its columns for the next chunk: one of them serves a process. */
export class GoodRowsWriter {
  readonly #lately: Lately;
  readonly #fresh: RowSetWriter;
  readonly #others: RowSetWriter;
  #presumesNew = false;
  #salt = 0;

  constructor(lately: Lately) {
    this.#lately = lately;
    this.#fresh = new RowSetWriter(lately.documents);
    this.#others = new RowSetWriter(lately.documents);
  }

  /**
   * Forgets what was written, also when whoever wrote it did not come to an end.
   *
   * @param owner to whom debt ids and people belong: others may use the same
   * @param presumesNew whether fresh rows are told from others
   */
  begin(owner: string, presumesNew: boolean): void {
    const bytes = Buffer.from(owner);
    this.#salt = hashBytes(bytes, 0, bytes.length, 0);
    this.#presumesNew = presumesNew;
    this.#fresh.begin(this.#salt);
    this.#others.begin(this.#salt);
  }

  /** @param bytes of the record that `row` has read last */
  addPlain(row: PlainRowReader, bytes: Uint8Array, line: number): void {
    this.#setOf(bytes, row.debtId.start, row.debtId.end).addPlain(row, bytes, line);
  }

  add(row: ParsedRow, line: number): void {
    const debtId = Buffer.from(row.debtId);
    this.#setOf(debtId, 0, debtId.length).add(row, line);
  }

  /** @param row reads the row that starts on a line once more, as a whole */
  finish(row: (line: number) => GoodRow): GoodRows {
    const fresh = this.#fresh.finish();
    const others = this.#others.finish();
    return { count: fresh.lines.length + others.lines.length, fresh, others, row };
  }

  #setOf(debtId: Uint8Array, start: number, end: number): RowSetWriter {
    return this.#presumesNew && !this.#lately.debtIds.meet(debtId, start, end, this.#salt) ? this.#fresh : this.#others;
  }
}

class RowSetWriter {
  readonly #debtIds = new TextColumnWriter();
  readonly #names = new TextColumnWriter();
  readonly #emails = new TextColumnWriter();
  readonly #amounts = new BigintColumnWriter();
  readonly #dueDates = new DateColumnWriter();
  readonly #lines = new BigintColumnWriter();
  readonly #people: PeopleWriter;
  #debtors: number[] = [];
  #lineNumbers: number[] = [];

  constructor(lately: RecentTexts) {
    this.#people = new PeopleWriter(lately);
  }

  begin(salt: number): void {
    const texts = [this.#debtIds, this.#names, this.#emails];
    for (const column of [...texts, this.#amounts, this.#dueDates, this.#lines]) column.clear();
    this.#people.begin(salt);
    this.#debtors = [];
    this.#lineNumbers = [];
  }

  addPlain(row: PlainRowReader, bytes: Uint8Array, line: number): void {
    const { debtId, name, email } = row;
    this.#debtIds.appendBytes(bytes, debtId.start, debtId.end);
    this.#names.appendBytes(bytes, name.start, name.end);
    this.#emails.appendBytes(bytes, email.start, email.end);
    this.#debtors.push(this.#people.addPlain(row, bytes, line));
    this.#addRest(row.amount, row.dueDay, line);
  }

  add(row: ParsedRow, line: number): void {
    this.#debtIds.append(row.debtId);
    this.#names.append(row.name);
    this.#emails.append(row.email);
    this.#debtors.push(this.#people.add(row, line));
    this.#addRest(Number(row.amount), dayNumber(row.dueDate), line);
  }

  finish(): RowSet {
    const columns = {
      debtIds: this.#debtIds.finish(),
      names: this.#names.finish(),
      emails: this.#emails.finish(),
      amounts: this.#amounts.finish(),
      dueDates: this.#dueDates.finish(),
      lines: this.#lines.finish(),
    };
    return { lines: this.#lineNumbers, columns, people: this.#people.finish(), debtors: this.#debtors };
  }

  /** @param amount a bank's largest is a safe integer by far */
  #addRest(amount: number, dueDay: number, line: number): void {
    this.#amounts.append(amount);
    this.#dueDates.append(dueDay);
    this.#lines.append(line);
    this.#lineNumbers.push(line);
  }
}

/** Takes the people of rows, and tells their places. */
class PeopleWriter {
  readonly #lately: RecentTexts;
  readonly #documents = new DistinctTextWriter();
  readonly #names = new TextColumnWriter();
  #addresses = new Map<number, Address>();
  #strangers: number[] = [];
  #seen: number[] = [];
  #firstLines: number[] = [];
  #salt = 0;

  constructor(lately: RecentTexts) {
    this.#lately = lately;
  }

  begin(salt: number): void {
    this.#salt = salt;
    this.#documents.clear();
    this.#names.clear();
    this.#addresses = new Map();
    this.#firstLines = [];
    this.#strangers = [];
    this.#seen = [];
  }

  addPlain(row: PlainRowReader, bytes: Uint8Array, line: number): number {
    const { documentDigits, documentLength, name } = row;
    const place = this.#documents.appendBytes(documentDigits, 0, documentLength);
    if (place < this.#names.count) return place;
    this.#names.appendBytes(bytes, name.start, name.end);
    this.#sort(place, line, this.#lately.meet(documentDigits, 0, documentLength, this.#salt));
    return place;
  }

  add({ document, name, address }: ParsedRow, line: number): number {
    const place = this.#documents.append(document);
    if (place < this.#names.count) return place;
    this.#names.append(name);
    if (address !== undefined) this.#addresses.set(place, address);
    this.#sort(place, line, this.#lately.meet(Buffer.from(document), 0, document.length, this.#salt));
    return place;
  }

  finish(): People {
    return {
      documents: this.#documents.finish(),
      names: this.#names.finish(),
      addresses: this.#addresses,
      firstLines: this.#firstLines,
      strangers: this.#strangers,
      seen: this.#seen,
    };
  }

  #sort(place: number, line: number, isSeen: boolean): void {
    this.#firstLines.push(line);
    (isSeen ? this.#seen : this.#strangers).push(place);
  }
}
