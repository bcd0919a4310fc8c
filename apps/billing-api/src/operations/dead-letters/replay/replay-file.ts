import type { TenantTx } from '#access';
import { reviveBatch } from '#batches';
import { stageNames, stages, type ChunkPart, type Stage } from '#contracts';
import type { RefusalCode } from '#contracts/http';
import { enqueueAll } from '#outbox';
import type { LockedBatch } from './batch-lock.queries.ts';
import { isSentAgain, issuingOf, validationOf, type IssuingProgress, type StageProgress } from './file.queries.ts';
import { haveBlankDebts } from './part.queries.ts';

/**
 * Makes a batch that failed because its file could not be split be split on. Messages about its chunks that came while
 * it was failed had no effect: they are sent again. Says why it is refused, or undefined.
 */
export async function replayFile(tx: TenantTx, batch: LockedBatch | undefined): Promise<RefusalCode | undefined> {
  if (batch === undefined) return 'BATCH_NOT_FOUND';
  if (batch.status === 'cancelled') return 'BATCH_CANCELLED';
  // Another splitter has split the file, so the message finds nothing to do.
  if (batch.status !== 'failed') return undefined;
  if (batch.failure !== 'SPLIT_FAILED') return 'BATCH_FAILED';
  if (batch.areDebtorsBlanked) return 'DEBTORS_REMOVED';
  if (batch.isFileRemoved) return 'FILE_REMOVED';
  if (await isSentAgain(tx, batch.id)) return 'FILE_SENT_AGAIN';

  const untouched: [Stage, readonly ChunkPart[]][] = [];
  for (const stage of batch.mode === 'validate' ? stageNames.slice(0, 1) : stageNames) {
    const found = await untouchedOf[stage](tx, batch.id);
    if (typeof found === 'string') return found;
    untouched.push([stage, found]);
  }
  await reviveBatch(tx, batch.id);
  for (const [stage, parts] of untouched) await enqueueAll(tx, stages[stage].announceAs, parts);
  return undefined;
}

/** The parts that have no outcome at a stage and must have one; or why the batch cannot go on. */
type Untouched = (tx: TenantTx, batchId: string) => Promise<readonly ChunkPart[] | RefusalCode>;

const untouchedOf: Readonly<Record<Stage, Untouched>> = {
  validate: async (tx, batchId) => {
    const chunks = await validationOf(tx, batchId);
    return chunks.some(isHalfDone) ? 'BATCH_HALF_DONE' : chunks.filter(isUntouched).map(({ part }) => part);
  },
  issue: async (tx, batchId) => {
    const parts = await issuingOf(tx, batchId);
    if (areHalfIssued(parts)) return 'BATCH_HALF_DONE';
    const unissued = parts.filter(isUntouched);
    if (unissued.some(({ due, debts }) => debts !== due)) return 'ROWS_SENT_AGAIN';
    const blank = await haveBlankDebts(
      tx,
      unissued.map(({ part }) => ({ stage: 'issue', part })),
    );
    return blank.includes(true) ? 'DEBTORS_REMOVED' : unissued.map(({ part }) => part);
  },
};

function isUntouched({ results }: Pick<StageProgress, 'results'>): boolean {
  return results === 0;
}

/** Which of its rows are missing, nothing on record says. */
function isHalfDone({ due, done, results }: StageProgress): boolean {
  return results > 0 && done !== due;
}

/**
 * The results of a chunk are about those of its parts that have some. So it is these that must be done, all of them.
 */
function areHalfIssued(parts: readonly IssuingProgress[]): boolean {
  const begun = parts.filter(({ results }) => results > 0);
  const due = new Map<number, number>();
  for (const { part, due: rows } of begun) due.set(part.chunkNo, (due.get(part.chunkNo) ?? 0) + rows);
  return begun.some(({ part, doneOfChunk }) => due.get(part.chunkNo) !== doneOfChunk);
}
