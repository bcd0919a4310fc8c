import type { DeadLetter } from '#broker';
import { decodeMessage, stageOfQueue, stages, type ChunkPart, type Stage } from '#contracts';
import type { Db } from '#database';
import { scanRecords } from '#debts-csv';
import { StorageKeyNotFoundError, type Storage } from '#storage';
import { findChunkBytes, findDebtLines } from './dead-letter.queries.ts';
import type { Suspicion } from './suspicion.ts';

/**
 * Finds the rows of a part. `undefined` for a part of a chunk that does not exist, and a suspicion without lines when
 * they are lost.
 */
type LinesOf = (
  sources: { readonly db: Db; readonly storage: Storage },
  part: ChunkPart,
) => Promise<Pick<Suspicion, 'lines'> | undefined>;

/** How the rows of a part are found at each stage. */
const linesOf: Readonly<Record<Stage, LinesOf>> = {
  validate: linesOfFile,
  issue: async ({ db }, part) => ({ lines: await findDebtLines(db, part) }),
};

/**
 * The subject of a stage's dead letter: its part of a chunk and the rows in it. Undefined for letters of other
 * queues, and for a part of a chunk that does not exist.
 */
export async function suspect(db: Db, storage: Storage, letter: DeadLetter): Promise<Suspicion | undefined> {
  const stage = stageOfQueue(letter.queue);
  if (stage === undefined) return undefined;
  const decoded = decodeMessage(stages[stage].announceAs, letter.body);
  if (!decoded.ok) return undefined;
  const part = decoded.message;
  const found = await linesOf[stage]({ db, storage }, part);
  return found === undefined ? undefined : { stage, part, lines: found.lines };
}

/** Rows that were never validated are nowhere but in the file: its scanner says on which lines they start. */
async function linesOfFile(
  { db, storage }: Parameters<LinesOf>[0],
  part: ChunkPart,
): Promise<Pick<Suspicion, 'lines'> | undefined> {
  const chunk = await findChunkBytes(db, part);
  if (chunk === undefined) return undefined;
  const { storageKey, byteOffset, byteLength, firstLine, dialect } = chunk;
  try {
    const bytes = await storage.read(storageKey, { offset: byteOffset, length: byteLength });
    const lines = scanRecords(bytes, dialect, firstLine)
      .map(({ line }) => line)
      .filter((line) => line >= part.fromLine && (part.toLine === null || line <= part.toLine));
    return { lines };
  } catch (error) {
    if (error instanceof StorageKeyNotFoundError) return { lines: undefined };
    throw error;
  }
}
