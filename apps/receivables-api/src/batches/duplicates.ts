import type { DataSource } from 'typeorm';
import { amountMax } from '#boleto';
import {
  csvLine,
  decodeForReport,
  decodeRecord,
  parseCells,
  scanRecords,
  validateRow,
  type CsvSeparator,
  type Dialect,
  type ParsedRow,
  type RowContext,
} from '#ingest';
import type { Storage } from '#storage';
import { keysetPages } from '../keyset-pages.ts';
import {
  chunksWithDuplicates,
  firstSeenOf,
  linesNotDuplicate,
  type BatchUpload,
  type ChunkWithDuplicates,
  type FirstSeen,
} from './duplicates.queries.ts';

export const DUPLICATES_HEADER = ['line', 'debtId', 'firstBatchId', 'firstFile', 'firstLine', 'equalTerms'] as const;

const CHUNKS_PAGE = 100;
/** Debts that are looked up at once. */
const PAGE_ROWS = 1_000;

/** A duplicate, and the debt that it says again. */
export interface Duplicate {
  readonly line: number;
  readonly debtId: string;
  readonly first: FirstSeen | undefined;
  readonly equalTerms: readonly string[];
}

/**
 * The duplicates of a batch in the order of their lines. Counting them stays as fast as it is, because nothing is written
 * about them: the file is read again, chunk by chunk, and only the chunks that counted one. A row of a part that was counted
 * is a debt, a rejection or a duplicate. Memory holds one chunk.
 */
export async function* duplicatePages(
  { db, storage }: { readonly db: DataSource; readonly storage: Storage },
  upload: BatchUpload,
): AsyncGenerator<readonly Duplicate[], void, void> {
  const { dialect, mapping } = upload;
  if (dialect === null || mapping === null) return;
  const { profile, judgedFrom: today, bankCode } = upload;
  const context: RowContext = { mapping, dialect, profile, today, amountMax: amountMax(bankCode) };
  const load = async (after: ChunkWithDuplicates | undefined, limit: number) =>
    await chunksWithDuplicates(db, upload.batchId, after, limit);
  for await (const page of keysetPages(load, CHUNKS_PAGE)) {
    for (const chunk of page) {
      const settled = await linesNotDuplicate(db, upload.batchId, chunk.chunkNo);
      const rows = leftOver(await readChunk(storage, upload.storageKey, chunk), chunk, { settled, dialect, context });
      for (let at = 0; at < rows.length; at += PAGE_ROWS) {
        yield await withFirst(db, upload.issuerId, rows.slice(at, at + PAGE_ROWS));
      }
    }
  }
}

export function duplicateLine({ line, debtId, first, equalTerms }: Duplicate, separator: CsvSeparator = ','): string {
  const { batchId = '', fileName = '', line: firstLine = '' } = first ?? {};
  return csvLine([line.toString(), debtId, batchId, fileName, firstLine, equalTerms.join(' ')], separator);
}

interface LeftOver {
  readonly line: number;
  readonly debtId: string;
  /** Undefined if the row cannot be read as it was then: rules of another version. */
  readonly row: ParsedRow | undefined;
}

async function readChunk(
  storage: Storage,
  key: string,
  { byteOffset, byteLength }: ChunkWithDuplicates,
): Promise<Buffer> {
  const bytes = await storage.read(key, { offset: byteOffset, length: byteLength });
  if (bytes.length === byteLength) return bytes;
  throw new Error(`read ${bytes.length.toString()} bytes of a chunk of ${byteLength.toString()}`);
}

/** The rows of the counted parts that are nowhere else. */
function leftOver(
  bytes: Buffer,
  { firstLine, parts }: Pick<ChunkWithDuplicates, 'firstLine' | 'parts'>,
  {
    settled,
    dialect,
    context,
  }: { readonly settled: ReadonlySet<number>; readonly dialect: Dialect; readonly context: RowContext },
): readonly LeftOver[] {
  const isCounted = (line: number) =>
    parts.some(({ fromLine, toLine }) => line >= fromLine && (toLine === null || line <= toLine));
  const found: LeftOver[] = [];
  for (const { start, end, line } of scanRecords(bytes, dialect, firstLine)) {
    if (settled.has(line) || !isCounted(line)) continue;
    const text =
      decodeRecord(bytes, dialect.encoding, start, end) ??
      decodeForReport(bytes.subarray(start, end), dialect.encoding);
    const cells = parseCells(text, dialect.delimiter);
    const result = validateRow(cells, context);
    const row = result.ok ? result.row : undefined;
    found.push({ line, debtId: row?.debtId ?? cells[context.mapping.indexes.debtId]?.trim() ?? '', row });
  }
  return found;
}

async function withFirst(db: DataSource, issuerId: string, rows: readonly LeftOver[]): Promise<readonly Duplicate[]> {
  const debts = await firstSeenOf(
    db,
    issuerId,
    rows.map(({ debtId }) => debtId),
  );
  const byId = new Map(debts.map((debt) => [debt.debtId, debt]));
  return rows.map(({ line, debtId, row }) => {
    const first = byId.get(debtId);
    return { line, debtId, first, equalTerms: row && first ? equalTermsOf(row, first) : [] };
  });
}

/** Of a duplicate the first three always are; those that retention has blanked are equal to nothing. */
function equalTermsOf(row: ParsedRow, first: FirstSeen): readonly string[] {
  const terms: readonly (readonly [string, boolean])[] = [
    ['document', row.document === first.document],
    ['amount', row.amount.toString() === first.amountCentavos],
    ['dueDate', row.dueDate === first.dueDate],
    ['name', row.name === first.name],
    ['email', row.email === first.email],
  ];
  return terms.filter(([, isEqual]) => isEqual).map(([term]) => term);
}
