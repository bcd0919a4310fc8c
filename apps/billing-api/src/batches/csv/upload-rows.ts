import { amountMax } from '#boleto';
import {
  decodeForReport,
  parseCells,
  PlainRowReader,
  recordText,
  scanRecords,
  syntaxOf,
  validateRow,
  type Dialect,
  type ParsedRow,
  type RowContext,
  type ScannedRecord,
} from '#debts-csv';
import type { Storage } from '#storage';
import type { BatchUpload, CountedChunk, CountedPart } from './duplicates.queries.ts';

/** How the rows of a file are read again, as they were read when they were counted. */
export interface Reading {
  readonly dialect: Dialect;
  readonly context: RowContext;
}

/** A row of a part that was counted, which is neither a debt nor a rejection of its batch. */
export interface UploadRow {
  readonly line: number;
  readonly debtId: string;
  /** Undefined if the row cannot be read as it was then: rules of another version. */
  readonly row: ParsedRow | undefined;
  readonly part: CountedPart;
}

/** Undefined until the file has been looked at: no row of it is counted before. */
export function readingOf({
  dialect,
  mapping,
  profile,
  judgedFrom: today,
  bankCode,
}: BatchUpload): Reading | undefined {
  if (dialect === null || mapping === null) return undefined;
  return { dialect, context: { mapping, dialect, profile, today, amountMax: amountMax(bankCode) } };
}

/** A chunk of a file, read again. */
export class ChunkRows {
  readonly #bytes: Buffer;
  readonly #chunk: CountedChunk;
  readonly #reading: Reading;
  readonly #plain: PlainRowReader;

  private constructor(bytes: Buffer, chunk: CountedChunk, reading: Reading) {
    this.#bytes = bytes;
    this.#chunk = chunk;
    this.#reading = reading;
    this.#plain = new PlainRowReader(bytes, reading.dialect, reading.context);
  }

  static async load(storage: Storage, key: string, chunk: CountedChunk, reading: Reading): Promise<ChunkRows> {
    const { byteOffset: offset, byteLength: length } = chunk;
    const bytes = await storage.read(key, { offset, length });
    if (bytes.length === length) return new ChunkRows(bytes, chunk, reading);
    throw new Error(`read ${bytes.length.toString()} bytes of a chunk of ${length.toString()}`);
  }

  /**
   * The rows of the counted parts, but for the settled lines.
   *
   * @param isWanted asked by the debt id, which is cheap to have, before a row is read as a whole
   */
  *rows(
    settled: ReadonlySet<number>,
    isWanted: (debtId: string) => boolean = () => true,
  ): Generator<UploadRow, void, void> {
    const { dialect, context } = this.#reading;
    for (const record of scanRecords(this.#bytes, syntaxOf(dialect, context.mapping), this.#chunk.firstLine)) {
      if (settled.has(record.line)) continue;
      const part = this.#partOf(record.line);
      if (part === undefined) continue;
      const plainId = this.#plainIdOf(record);
      if (plainId !== undefined && !isWanted(plainId)) continue;
      const read = this.#read(record);
      if (isWanted(read.debtId)) yield { line: record.line, part, ...read };
    }
  }

  /** The debt ids of all rows, settled and uncounted ones too; twice where an id is said twice. */
  *debtIds(): Generator<string, void, void> {
    const { dialect, context } = this.#reading;
    for (const record of scanRecords(this.#bytes, syntaxOf(dialect, context.mapping), this.#chunk.firstLine)) {
      if (this.#partOf(record.line) !== undefined) yield this.#plainIdOf(record) ?? this.#read(record).debtId;
    }
  }

  #partOf(line: number): CountedPart | undefined {
    return this.#chunk.parts.find(({ fromLine, toLine }) => line >= fromLine && (toLine === null || line <= toLine));
  }

  #plainIdOf({ start, end, flaw }: ScannedRecord): string | undefined {
    if (flaw !== undefined || !this.#plain.readIds(start, end)) return undefined;
    const { debtId } = this.#plain;
    return this.#bytes.toString('utf8', debtId.start, debtId.end);
  }

  #read({ start, end }: ScannedRecord): Pick<UploadRow, 'debtId' | 'row'> {
    const { dialect, context } = this.#reading;
    const decoded = recordText(this.#bytes, dialect, start, end);
    const text =
      typeof decoded === 'string' ? decoded : decodeForReport(this.#bytes.subarray(start, end), dialect.encoding);
    const cells = parseCells(text, dialect.delimiter);
    const result = validateRow(cells, context);
    const row = result.ok ? result.row : undefined;
    return { debtId: row?.debtId ?? cells[context.mapping.indexes.debtId]?.trim() ?? '', row };
  }
}
