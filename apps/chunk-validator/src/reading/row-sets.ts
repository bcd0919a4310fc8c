import { dayNumber } from '#calendar';
import {
  BigintColumnWriter,
  DateColumnWriter,
  DistinctTextWriter,
  hashBytes,
  TextColumnWriter,
  type TextColumn,
} from '#database';
import type { Address, ParsedRow, PlainRowReader } from '#debts-csv';
import type { RecentKeys } from '../likely-new/recent-keys.ts';

/** A row that may become a debt, with the physical line it starts on. */
export interface GoodRow extends ParsedRow {
  readonly line: number;
}

/** The rows of a chunk that may become debts. */
export interface GoodRows {
  readonly count: number;
  /**
   * Rows whose debt ids were not seen recently: nearly always all of them are new. Empty if the caller did not ask for
   * them.
   */
  readonly likelyNew: RowSet;
  /** All other rows. */
  readonly maybeKnown: RowSet;
  /**
   * Reads the row that starts on a line again, as an object. Few callers need one: 10,000 row objects would cost as
   * much garbage collection as the parsing itself.
   */
  readonly row: (line: number) => GoodRow;
}

/**
 * Rows in line order and column by column, as they are sent to the database: the same index in each column is the same
 * row.
 */
export interface RowSet {
  readonly lines: readonly number[];
  readonly columns: RowColumns;
  readonly people: People;
  /** Index into `people` for each row. */
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

/**
 * The people that the rows of a set name, each once, in the order of their first rows, with the name and address of
 * that row.
 */
export interface People {
  readonly documents: TextColumn;
  readonly names: TextColumn;
  /** Addresses by index; few people have one. */
  readonly addresses: ReadonlyMap<number, Address>;
  /** The line of each person's first row. */
  readonly firstLines: readonly number[];
  /** Indexes of the people who were not seen recently: nearly always they are not on record. */
  readonly likelyNew: readonly number[];
  /** Indexes of all other people. */
  readonly maybeKnown: readonly number[];
}

/** The keys noted recently, in this chunk and in earlier ones of this process. */
export interface RecentRows {
  readonly debtIds: RecentKeys;
  readonly documents: RecentKeys;
}

/** Every row as an object, in line order. */
export function allRows({ likelyNew, maybeKnown, row }: GoodRows): readonly GoodRow[] {
  return [...likelyNew.lines, ...maybeKnown.lines].toSorted((one, other) => one - other).map((line) => row(line));
}

/**
 * Takes good rows one by one. Keeps the memory of its columns for the next chunk, so that one writer serves a process.
 */
export class GoodRowsWriter {
  readonly #recent: RecentRows;
  readonly #likelyNew: RowSetWriter;
  readonly #maybeKnown: RowSetWriter;
  #separates = false;
  #salt = 0;

  constructor(recent: RecentRows) {
    this.#recent = recent;
    this.#likelyNew = new RowSetWriter(recent.documents);
    this.#maybeKnown = new RowSetWriter(recent.documents);
  }

  /**
   * Forgets the rows of the chunk before, also if it was not finished.
   *
   * @param owner the namespace of debt ids and people: another owner may use the same ones
   * @param separates true to keep likely new rows apart; false to put every row into `maybeKnown`
   */
  begin(owner: string, separates: boolean): void {
    const bytes = Buffer.from(owner);
    this.#salt = hashBytes(bytes, 0, bytes.length, 0);
    this.#separates = separates;
    this.#likelyNew.begin(this.#salt);
    this.#maybeKnown.begin(this.#salt);
  }

  /** @param bytes the bytes that `row` has read last */
  addPlain(row: PlainRowReader, bytes: Uint8Array, line: number): void {
    this.#setOf(bytes, row.debtId.start, row.debtId.end).addPlain(row, bytes, line);
  }

  add(row: ParsedRow, line: number): void {
    const debtId = Buffer.from(row.debtId);
    this.#setOf(debtId, 0, debtId.length).add(row, line);
  }

  /** @param row reads the row that starts on a line again, as an object */
  finish(row: (line: number) => GoodRow): GoodRows {
    const likelyNew = this.#likelyNew.finish();
    const maybeKnown = this.#maybeKnown.finish();
    return { count: likelyNew.lines.length + maybeKnown.lines.length, likelyNew, maybeKnown, row };
  }

  #setOf(debtId: Uint8Array, start: number, end: number): RowSetWriter {
    if (!this.#separates) return this.#maybeKnown;
    return this.#recent.debtIds.note(debtId, start, end, this.#salt) ? this.#maybeKnown : this.#likelyNew;
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

  constructor(recentDocuments: RecentKeys) {
    this.#people = new PeopleWriter(recentDocuments);
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

  /** @param amount a safe integer: the largest that a bank takes is far below the limit */
  #addRest(amount: number, dueDay: number, line: number): void {
    this.#amounts.append(amount);
    this.#dueDates.append(dueDay);
    this.#lines.append(line);
    this.#lineNumbers.push(line);
  }
}

/** Takes the people of rows and gives each an index. */
class PeopleWriter {
  readonly #recentDocuments: RecentKeys;
  readonly #documents = new DistinctTextWriter();
  readonly #names = new TextColumnWriter();
  #addresses = new Map<number, Address>();
  #likelyNew: number[] = [];
  #maybeKnown: number[] = [];
  #firstLines: number[] = [];
  #salt = 0;

  constructor(recentDocuments: RecentKeys) {
    this.#recentDocuments = recentDocuments;
  }

  begin(salt: number): void {
    this.#salt = salt;
    this.#documents.clear();
    this.#names.clear();
    this.#addresses = new Map();
    this.#firstLines = [];
    this.#likelyNew = [];
    this.#maybeKnown = [];
  }

  addPlain(row: PlainRowReader, bytes: Uint8Array, line: number): number {
    const { documentDigits, documentLength, name } = row;
    const place = this.#documents.appendBytes(documentDigits, 0, documentLength);
    if (place < this.#names.count) return place;
    this.#names.appendBytes(bytes, name.start, name.end);
    this.#sort(place, line, this.#recentDocuments.note(documentDigits, 0, documentLength, this.#salt));
    return place;
  }

  add({ document, name, address }: ParsedRow, line: number): number {
    const place = this.#documents.append(document);
    if (place < this.#names.count) return place;
    this.#names.append(name);
    if (address !== undefined) this.#addresses.set(place, address);
    this.#sort(place, line, this.#recentDocuments.note(Buffer.from(document), 0, document.length, this.#salt));
    return place;
  }

  finish(): People {
    return {
      documents: this.#documents.finish(),
      names: this.#names.finish(),
      addresses: this.#addresses,
      firstLines: this.#firstLines,
      likelyNew: this.#likelyNew,
      maybeKnown: this.#maybeKnown,
    };
  }

  #sort(place: number, line: number, isMaybeKnown: boolean): void {
    this.#firstLines.push(line);
    (isMaybeKnown ? this.#maybeKnown : this.#likelyNew).push(place);
  }
}
