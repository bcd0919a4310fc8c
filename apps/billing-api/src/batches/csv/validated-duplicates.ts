import { randomInt } from 'node:crypto';
import type { ParsedRow } from '#debts-csv';
import { keysetPages } from '../../keyset-pages.ts';
import {
  countedChunks,
  countedRows,
  linesNotDuplicate,
  type BatchUpload,
  type CountedChunk,
  type FirstSeen,
  type FirstTerms,
} from './duplicates.queries.ts';
import { CHUNKS_PAGE, duplicateOf, onRecord, pagesOf, type Duplicate, type Sources } from './duplicates.ts';
import { RepeatedTexts } from './repeated-texts.ts';
import { ChunkRows, readingOf, type Reading, type UploadRow } from './upload-rows.ts';

/** Rows that may be duplicates are held at once, until the file has been asked for the first row of each. */
const WINDOW_ROWS = 25_000;

/**
 * A row that may be a duplicate: of a debt that was on record when it was checked, or of an earlier row of its file.
 */
interface Suspect extends UploadRow {
  readonly recorded: FirstSeen | undefined;
}

interface FirstRow {
  readonly line: number;
  readonly row: ParsedRow | undefined;
}

const TAKEN_OVER_NOTE =
  'Esta dívida já existia quando o arquivo foi validado, mas um arquivo posterior a assumiu, e não se sabe mais em que linha apareceu primeiro.';

/**
 * The duplicates of a batch that was only validated, in the order of their lines. It left neither debts nor a list, and
 * what is known is enough: rows of counted parts that were not rejected are accepted or duplicates, and all of one debt
 * id say the same debt. They are all duplicates if that debt was stored before the part was checked, and else all but
 * the first of them. (Of chunks that are validated at the same time the later one may have counted as the first: the
 * sum is the same.)
 *
 * Memory is bounded: a first pass over the file notes, as bits, which ids come twice, and rows wait for their first one
 * in windows.
 */
export async function* validatedDuplicatePages(
  sources: Sources,
  upload: BatchUpload,
  windowRows = WINDOW_ROWS,
): AsyncGenerator<readonly Duplicate[], void, void> {
  const reading = readingOf(upload);
  const counted = await sources.read((db) => countedRows(db, upload.batchId));
  if (reading === undefined || counted.duplicates === 0) return;
  const file = new ValidatedFile(sources, upload, reading);
  const repeated = await file.repeatedIds(counted.rows);
  let listed = 0;
  for await (const window of file.windows(repeated, windowRows)) {
    for await (const page of file.duplicatesAmong(window, repeated)) {
      listed += page.length;
      yield page;
    }
  }
  if (upload.hasEnded && listed !== counted.duplicates) yield [unequal(counted.duplicates, listed)];
}

class ValidatedFile {
  readonly #sources: Sources;
  readonly #upload: BatchUpload;
  readonly #reading: Reading;

  constructor(sources: Sources, upload: BatchUpload, reading: Reading) {
    this.#sources = sources;
    this.#upload = upload;
    this.#reading = reading;
  }

  async *chunks(): AsyncGenerator<CountedChunk, void, void> {
    const load = async (after: CountedChunk | undefined, limit: number) =>
      await this.#sources.read((db) => countedChunks(db, this.#upload.batchId, 'all', { after, limit }));
    for await (const page of keysetPages(load, CHUNKS_PAGE)) {
      for (const chunk of page) {
        this.#sources.signal.throwIfAborted();
        yield chunk;
      }
    }
  }

  async repeatedIds(rows: number): Promise<RepeatedTexts> {
    const repeated = new RepeatedTexts(rows, randomInt(2 ** 31));
    for await (const chunk of this.chunks()) {
      for (const debtId of (await this.#load(chunk)).debtIds()) repeated.meet(debtId);
    }
    return repeated;
  }

  /**
   * Rows that may be duplicates. A chunk that counted none has no row of a known debt, so only ids that come twice are
   * read.
   */
  async suspectsOf(chunk: CountedChunk, repeated: RepeatedTexts): Promise<readonly Suspect[]> {
    const isRepeated = (debtId: string) => repeated.mayHaveRepeated(debtId);
    const mayBeKnown = chunk.duplicates > 0;
    const settled = await this.#sources.read((db) => linesNotDuplicate(db, this.#upload.batchId, chunk.chunkNo));
    const rows = (await this.#load(chunk)).rows(settled, mayBeKnown ? undefined : isRepeated);
    if (!mayBeKnown) return Array.from(rows, (row) => ({ ...row, recorded: undefined }));
    const suspects: Suspect[] = [];
    for (const page of pagesOf([...rows])) {
      const known = await onRecord(this.#sources.read, this.#upload.issuerId, page);
      for (const row of page) {
        const debt = known.get(row.debtId);
        const recorded = debt !== undefined && debt.storedAt < row.part.countedAt ? debt : undefined;
        if (recorded !== undefined || isRepeated(row.debtId)) suspects.push({ ...row, recorded });
      }
    }
    return suspects;
  }

  async *windows(repeated: RepeatedTexts, windowRows: number): AsyncGenerator<readonly Suspect[], void, void> {
    let window: Suspect[] = [];
    for await (const chunk of this.chunks()) {
      // Not spread: a chunk may have more rows than a call may have arguments.
      for (const suspect of await this.suspectsOf(chunk, repeated)) window.push(suspect);
      if (window.length < windowRows) continue;
      yield window;
      window = [];
    }
    yield window;
  }

  async *duplicatesAmong(
    window: readonly Suspect[],
    repeated: RepeatedTexts,
  ): AsyncGenerator<readonly Duplicate[], void, void> {
    const asked = window.filter(({ recorded, debtId }) => recorded === undefined && repeated.mayHaveRepeated(debtId));
    const firsts = await this.#firstRowsOf(new Set(asked.map(({ debtId }) => debtId)), asked.at(-1)?.line ?? 0);
    for (const page of pagesOf(window)) yield page.flatMap((suspect) => this.#duplicate(suspect, firsts) ?? []);
  }

  #duplicate(suspect: Suspect, firsts: ReadonlyMap<string, FirstRow>): Duplicate | undefined {
    const { recorded, debtId, line, part } = suspect;
    if (recorded !== undefined) return recordedDuplicate(suspect, recorded, part.countedAt);
    const first = firsts.get(debtId);
    if (first === undefined || first.line >= line) return undefined;
    const { batchId, fileName } = this.#upload;
    return duplicateOf(suspect, { batchId, fileName, line: first.line.toString(), ...termsOf(first.row) });
  }

  /** First row of the file for each of the ids. */
  async #firstRowsOf(debtIds: ReadonlySet<string>, lastLine: number): Promise<ReadonlyMap<string, FirstRow>> {
    const firsts = new Map<string, FirstRow>();
    if (debtIds.size === 0) return firsts;
    const isWanted = (debtId: string) => debtIds.has(debtId) && !firsts.has(debtId);
    for await (const chunk of this.chunks()) {
      if (chunk.firstLine > lastLine || firsts.size === debtIds.size) break;
      const settled = await this.#sources.read((db) => linesNotDuplicate(db, this.#upload.batchId, chunk.chunkNo));
      for (const { debtId, line, row } of (await this.#load(chunk)).rows(settled, isWanted)) {
        firsts.set(debtId, { line, row });
      }
    }
    return firsts;
  }

  async #load(chunk: CountedChunk): Promise<ChunkRows> {
    return await ChunkRows.load(this.#sources.storage, this.#upload.storageKey, chunk, this.#reading);
  }
}

/** A debt that a later batch took over has the line, the name and the e-mail of its new row. */
function recordedDuplicate(suspect: Suspect, recorded: FirstSeen, countedAt: number): Duplicate {
  if (recorded.batchReceivedAt <= countedAt) return duplicateOf(suspect, recorded);
  const found = duplicateOf(suspect, { ...recorded, name: null, email: null }, TAKEN_OVER_NOTE);
  return { ...found, first: undefined };
}

function termsOf(row: ParsedRow | undefined): FirstTerms {
  return {
    document: row?.document ?? null,
    amountCentavos: row?.amount.toString() ?? '',
    dueDate: row?.dueDate ?? '',
    name: row?.name ?? null,
    email: row?.email ?? null,
  };
}

function unequal(counted: number, listed: number): Duplicate {
  const note = `O lote contou ${counted.toString()} linhas duplicadas e esta lista tem ${listed.toString()}: outro lote gravava as mesmas dívidas enquanto este era validado, ou as regras mudaram desde então. A lista do arquivo enviado com mode=process é exata.`;
  return { line: '', debtId: '', first: undefined, equalTerms: [], note };
}
