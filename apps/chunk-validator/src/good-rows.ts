import { BigintColumnWriter, DateColumnWriter, TextColumnWriter, type TextColumn } from '#database';
import { dayNumber } from '#calendar';
import type { Address, ParsedRow, PlainRowReader } from '#ingest';

/** A row that may become a debt, with the physical line it starts on. */
export interface GoodRow extends ParsedRow {
  readonly line: number;
}

/**
 * The rows of a chunk that may become debts, in line order and column by column, as they are sent to the database: the
 * same place in each column is the same row. A row as a whole is read again when somebody asks for it, which hardly
 * anybody does: ten thousand objects would keep the garbage collector as busy as reading them kept us.
 */
export interface GoodRows {
  readonly count: number;
  readonly documents: readonly string[];
  readonly columns: GoodColumns;
  /** Of the few rows that have one, by their place. */
  readonly addresses: ReadonlyMap<number, Address>;
  readonly lineAt: (place: number) => number;
  /** @throws RangeError when there is no such row */
  readonly row: (place: number) => GoodRow;
}

interface GoodColumns {
  readonly debtIds: TextColumn;
  readonly documents: TextColumn;
  readonly names: TextColumn;
  readonly emails: TextColumn;
  /** `bigint[]`, centavos. */
  readonly amounts: Buffer;
  /** `date[]` */
  readonly dueDates: Buffer;
  /** `bigint[]` */
  readonly lines: Buffer;
}

/** Every row as a whole. */
export function allRows(rows: GoodRows): readonly GoodRow[] {
  return Array.from({ length: rows.count }, (_, place) => rows.row(place));
}

/** Takes good rows one by one. Keeps the memory of its columns for the next chunk: one of them serves a process. */
export class GoodRowsWriter {
  readonly #debtIds = new TextColumnWriter();
  readonly #documents = new TextColumnWriter();
  readonly #names = new TextColumnWriter();
  readonly #emails = new TextColumnWriter();
  readonly #amounts = new BigintColumnWriter();
  readonly #dueDates = new DateColumnWriter();
  readonly #lines = new BigintColumnWriter();
  #texts: string[] = [];
  #addresses = new Map<number, Address>();
  #lineAt: number[] = [];

  /** Forgets what was written, also when whoever wrote it did not come to an end. */
  begin(): void {
    for (const column of this.#columns()) column.clear();
    this.#texts = [];
    this.#addresses = new Map();
    this.#lineAt = [];
  }

  /** @param bytes of the record that `row` has read last */
  addPlain(row: PlainRowReader, bytes: Uint8Array, line: number): void {
    const { debtId, name, email } = row;
    this.#debtIds.appendBytes(bytes, debtId.start, debtId.end);
    this.#names.appendBytes(bytes, name.start, name.end);
    this.#emails.appendBytes(bytes, email.start, email.end);
    this.#addRest(row.document, row.amount, row.dueDay, line);
  }

  add(row: ParsedRow, line: number): void {
    if (row.address !== undefined) this.#addresses.set(this.#texts.length, row.address);
    this.#debtIds.append(row.debtId);
    this.#names.append(row.name);
    this.#emails.append(row.email);
    this.#addRest(row.document, Number(row.amount), dayNumber(row.dueDate), line);
  }

  /** @param row reads the row that starts on a line once more, as a whole */
  finish(row: (line: number) => GoodRow): GoodRows {
    const [documents, addresses, lines] = [this.#texts, this.#addresses, this.#lineAt];
    const lineAt = (place: number): number => {
      const line = lines[place];
      if (line === undefined) throw new RangeError(`no row ${place.toString()}`);
      return line;
    };
    const columns = {
      debtIds: this.#debtIds.finish(),
      documents: this.#documents.finish(),
      names: this.#names.finish(),
      emails: this.#emails.finish(),
      amounts: this.#amounts.finish(),
      dueDates: this.#dueDates.finish(),
      lines: this.#lines.finish(),
    };
    return { count: documents.length, documents, columns, addresses, lineAt, row: (place) => row(lineAt(place)) };
  }

  /** @param amount a bank's largest is a safe integer by far */
  #addRest(document: string, amount: number, dueDay: number, line: number): void {
    this.#documents.append(document);
    this.#amounts.append(amount);
    this.#dueDates.append(dueDay);
    this.#lines.append(line);
    this.#texts.push(document);
    this.#lineAt.push(line);
  }

  #columns(): readonly { clear(): void }[] {
    const texts = [this.#debtIds, this.#documents, this.#names, this.#emails];
    return [...texts, this.#amounts, this.#dueDates, this.#lines];
  }
}
