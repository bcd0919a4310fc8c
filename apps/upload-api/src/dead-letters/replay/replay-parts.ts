import type { EntityManager } from 'typeorm';
import { enqueueAll } from '#messaging';
import { refusalOf, reopenBatches, type LockedBatch } from './batch-lock.queries.ts';
import { deleteDeadResults, haveTheirDebts, outdateExports, type StagedPart } from './part.queries.ts';
import type { Replay } from './read-replay.ts';
import type { RefusalCode } from './refusals.ts';

type PartReplay = Extract<Replay, { about: 'part' }>;

/**
 * Makes the effects of dead parts possible again: their rows do not count as dead any more, and a batch that had ended
 * is open until they have another outcome. Says of each letter why it is refused, or undefined.
 */
export async function replayParts(
  tx: EntityManager,
  replays: readonly PartReplay[],
  batches: ReadonlyMap<string, LockedBatch>,
): Promise<readonly (RefusalCode | undefined)[]> {
  const complete = await haveTheirDebts(tx, replays);
  const refused = replays.map(
    (replay, at) =>
      refusalOfPart(replay, batches.get(replay.part.batchId)) ??
      (complete[at] === true ? undefined : 'ROWS_SENT_AGAIN'),
  );
  const accepted: readonly StagedPart[] = replays.filter((_, at) => refused[at] === undefined);
  const reopened = await reopenBatches(tx, await deleteDeadResults(tx, accepted));
  // What a failed export has made is cleared away by who closes exports.
  await enqueueAll(tx, 'export.close.v1', await outdateExports(tx, reopened));
  return refused;
}

function refusalOfPart({ stage }: PartReplay, batch: LockedBatch | undefined): RefusalCode | undefined {
  const refusal = refusalOf(batch);
  if (refusal !== undefined || batch === undefined) return refusal;
  if (stage === 'validate' && batch.isFileRemoved) return 'FILE_REMOVED';
  // What it remembered of its other rows, to see duplicates, was forgotten when it ended.
  return batch.mode === 'validate' && batch.status.startsWith('completed') ? 'DRY_RUN_ENDED' : undefined;
}
