import type { EntityManager } from 'typeorm';
import { enqueueAll } from '#outbox';
import type { LockedBatch } from './batch-lock.queries.ts';
import {
  isSentAgain,
  issuingOf,
  reviveBatch,
  validationOf,
  type IssuingProgress,
  type StageProgress,
} from './file.queries.ts';
import { haveBlankDebts } from './part.queries.ts';
import type { RefusalCode } from './refusals.ts';

/**
 * Makes a batch that failed because its file could not be split be split on. Messages about its chunks that came while
 * it was failed had no effect: they are sent again. Says why it is refused, or undefined.
 */
export async function replayFile(tx: EntityManager, batch: LockedBatch | undefined): Promise<RefusalCode | undefined> {
  if (batch === undefined) return 'BATCH_NOT_FOUND';
  if (batch.status === 'cancelled') return 'BATCH_CANCELLED';
  // Somebody else has split it: the message finds nothing to do.
  if (batch.status !== 'failed') return undefined;
  if (batch.failure !== 'SPLIT_FAILED') return 'BATCH_FAILED';
  if (batch.areDebtorsBlanked) return 'DEBTORS_REMOVED';
  if (batch.isFileRemoved) return 'FILE_REMOVED';
  if (await isSentAgain(tx, batch.id)) return 'FILE_SENT_AGAIN';

  const chunks = await validationOf(tx, batch.id);
  const parts = batch.mode === 'process' ? await issuingOf(tx, batch.id) : [];
  if (chunks.some(isHalfDone) || areHalfIssued(parts)) return 'BATCH_HALF_DONE';
  const unissued = parts.filter(isUntouched);
  if (unissued.some(({ due, debts }) => debts !== due)) return 'ROWS_SENT_AGAIN';
  const blank = await haveBlankDebts(
    tx,
    unissued.map(({ part }) => ({ stage: 'issue', part })),
  );
  if (blank.includes(true)) return 'DEBTORS_REMOVED';

  await reviveBatch(tx, batch.id);
  const unvalidated = chunks.filter(isUntouched).map(({ part }) => part);
  await enqueueAll(tx, 'chunk.ready.v1', unvalidated);
  await enqueueAll(
    tx,
    'chunk.validated.v1',
    unissued.map(({ part }) => part),
  );
  return undefined;
}

function isUntouched({ results }: Pick<StageProgress, 'results'>): boolean {
  return results === 0;
}

/** Which of its rows are missing, nothing on record says. */
function isHalfDone({ due, done, results }: StageProgress): boolean {
  return results > 0 && done !== due;
}

/** The results of a chunk are about those of its parts that have some. So it is these that must be done, all of them. */
function areHalfIssued(parts: readonly IssuingProgress[]): boolean {
  const begun = parts.filter(({ results }) => results > 0);
  const due = new Map<number, number>();
  for (const { part, due: rows } of begun) due.set(part.chunkNo, (due.get(part.chunkNo) ?? 0) + rows);
  return begun.some(({ part, doneOfChunk }) => due.get(part.chunkNo) !== doneOfChunk);
}
