import type { TenantDb } from '#access';
import { csvLine, type CsvSeparator, type ParsedRow } from '#debts-csv';
import type { Storage } from '#storage';
import { keysetPages } from '../../keyset-pages.ts';
import {
  countedChunks,
  firstSeenOf,
  linesNotDuplicate,
  type BatchUpload,
  type CountedChunk,
  type FirstSeen,
  type FirstTerms,
} from './duplicates.queries.ts';
import { ChunkRows, readingOf, type UploadRow } from './upload-rows.ts';

export const CHUNKS_PAGE = 100;
/** Debts that are looked up at once. */
const PAGE_ROWS = 1_000;

export interface Sources {
  /** Reads for the caller. Each call is a short transaction, because a slow client must not keep one open. */
  readonly read: <T>(work: (db: TenantDb) => Promise<T>) => Promise<T>;
  readonly storage: Storage;
  /** Aborted when the client is gone: a file that is still being read for it is left. */
  readonly signal: AbortSignal;
}

/** Where a debt was said first. */
export type First = Pick<FirstSeen, 'batchId' | 'fileName' | 'line'>;

/** A duplicate, and the debt that it says again. */
export interface Duplicate {
  /** Empty in a line that is about the whole list. */
  readonly line: string;
  readonly debtId: string;
  readonly first: First | undefined;
  readonly equalTerms: readonly string[];
  /** Says in Portuguese what cannot be known about the row; empty for most. */
  readonly note: string;
}

const NOTES = {
  unreadable:
    'Esta linha não pode mais ser lida com as regras do dia em que foi contada. Confira-a no arquivo enviado.',
};

/**
 * The duplicates of a batch in the order of their lines. Counting them stays as fast as it is, because nothing is
 * written about them: the file is read again, chunk by chunk, and only the chunks that counted one. A row of a part
 * that was counted is a debt, a rejection or a duplicate. Memory holds one chunk.
 */
export async function* duplicatePages(
  { read, storage, signal }: Sources,
  upload: BatchUpload,
): AsyncGenerator<readonly Duplicate[], void, void> {
  const reading = readingOf(upload);
  if (reading === undefined) return;
  const load = async (after: CountedChunk | undefined, limit: number) =>
    await read((db) => countedChunks(db, upload.batchId, 'with duplicates', { after, limit }));
  for await (const page of keysetPages(load, CHUNKS_PAGE)) {
    for (const chunk of page) {
      signal.throwIfAborted();
      const settled = await read((db) => linesNotDuplicate(db, upload.batchId, chunk.chunkNo));
      const chunkRows = await ChunkRows.load(storage, upload.storageKey, chunk, reading);
      for (const rows of pagesOf([...chunkRows.rows(settled)])) yield await withFirst(read, upload.issuerId, rows);
    }
  }
}

export function duplicateLine(
  { line, debtId, first, equalTerms, note }: Duplicate,
  separator: CsvSeparator = ',',
): string {
  const { batchId = '', fileName = '', line: firstLine = '' } = first ?? {};
  return csvLine([line, debtId, batchId, fileName, firstLine, equalTerms.join(' '), note], separator);
}

export function* pagesOf<T>(rows: readonly T[]): Generator<readonly T[], void, void> {
  for (let at = 0; at < rows.length; at += PAGE_ROWS) yield rows.slice(at, at + PAGE_ROWS);
}

/** The debts on record under the ids of rows, by id. */
export async function onRecord(
  read: Sources['read'],
  issuerId: string,
  rows: readonly Pick<UploadRow, 'debtId'>[],
): Promise<ReadonlyMap<string, FirstSeen>> {
  const debtIds = rows.map(({ debtId }) => debtId);
  const debts = await read((db) => firstSeenOf(db, issuerId, debtIds));
  return new Map(debts.map((debt) => [debt.debtId, debt]));
}

async function withFirst(
  read: Sources['read'],
  issuerId: string,
  rows: readonly UploadRow[],
): Promise<readonly Duplicate[]> {
  const known = await onRecord(read, issuerId, rows);
  return rows.map((row) => duplicateOf(row, known.get(row.debtId)));
}

/** @param first the debt, with its terms */
export function duplicateOf(
  { line, debtId, row }: UploadRow,
  first: (First & FirstTerms) | undefined,
  note = '',
): Duplicate {
  const equalTerms = row && first ? equalTermsOf(row, first) : [];
  return { line: line.toString(), debtId, first, equalTerms, note: row === undefined ? NOTES.unreadable : note };
}

/** A duplicate has the first three in common. A term that retention has blanked is equal to nothing. */
function equalTermsOf(row: ParsedRow, first: FirstTerms): readonly string[] {
  const terms: readonly (readonly [string, boolean])[] = [
    ['document', row.document === first.document],
    ['amount', row.amount.toString() === first.amountCentavos],
    ['dueDate', row.dueDate === first.dueDate],
    ['name', row.name === first.name],
    ['email', row.email === first.email],
  ];
  return terms.filter(([, isEqual]) => isEqual).map(([term]) => term);
}
