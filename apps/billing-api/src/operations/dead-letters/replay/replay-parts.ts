import type { TenantTx } from '#access';
import { isComplete, reopenBatches } from '#batches';
import type { RefusalCode } from '#contracts/http';
import { enqueueAll } from '#outbox';
import { refusalOf, type LockedBatch } from './batch-lock.queries.ts';
import { joinNeighbours, type Joined } from './join-neighbours.ts';
import {
  deleteDeadResults,
  haveBlankDebts,
  haveTheirDebts,
  outdateExports,
  sourceOf,
  type RevivedPart,
  type StagedPart,
} from './part.queries.ts';
import type { Replay } from './read-replay.ts';

type PartReplay = Extract<Replay, { about: 'part' }>;

/** Letters about parts of chunks: what becomes of each, and which are replayed as one. */
interface ReplayedParts {
  /** For each letter, in order: why it is refused, or undefined. */
  readonly refusals: readonly (RefusalCode | undefined)[];
  readonly joined: readonly Joined[];
}

/**
 * Makes the effects of dead parts possible again: their rows do not count as dead any more, and a batch that had ended
 * is open until they have another outcome. Neighbours whose rows were all dead are joined, up to `rowsMax` rows.
 */
export async function replayParts(
  tx: TenantTx,
  replays: readonly PartReplay[],
  batches: ReadonlyMap<string, LockedBatch>,
  rowsMax: number,
): Promise<ReplayedParts> {
  const complete = await haveTheirDebts(tx, replays);
  const blank = await haveBlankDebts(tx, replays);
  const refusals = replays.map((replay, at) => {
    const refusal = refusalOfPart(replay, batches.get(replay.part.batchId));
    if (refusal !== undefined) return refusal;
    if (blank[at] === true) return 'DEBTORS_REMOVED';
    return complete[at] === true ? undefined : 'ROWS_SENT_AGAIN';
  });
  const accepted = replays.filter((_, at) => refusals[at] === undefined);
  const revived = await deleteDeadResults(tx, accepted);
  const reopened = await reopenBatches(
    tx,
    revived.map(({ part }) => part.batchId),
  );
  // The handler that closes exports removes the files of a failed one.
  await enqueueAll(tx, 'export.close.v1', await outdateExports(tx, reopened));
  const rowsOf = rowsByPart(revived);
  const neighbours = accepted.flatMap(({ id, stage, part }) => {
    const rows = rowsOf({ stage, part });
    return rows === undefined ? [] : [{ letterId: id, stage, part, rows }];
  });
  return { refusals, joined: joinNeighbours(neighbours, rowsMax) };
}

/**
 * How many rows of exactly this part counted as dead; undefined where they did not: others answer for them, or some of
 * them.
 */
function rowsByPart(revived: readonly RevivedPart[]): (staged: StagedPart) => number | undefined {
  const rows = new Map(revived.map((each) => [keyOf(each), each.rows]));
  return (staged) => rows.get(keyOf(staged));
}

function keyOf({ stage, part: { batchId, chunkNo, fromLine, toLine } }: StagedPart): string {
  return [stage, batchId, chunkNo, fromLine, toLine].join(' ');
}

function refusalOfPart({ stage }: PartReplay, batch: LockedBatch | undefined): RefusalCode | undefined {
  const refusal = refusalOf(batch);
  if (refusal !== undefined || batch === undefined) return refusal;
  // At both stages: what a row brought again would be stored in a batch that the retention does not look at any more.
  if (batch.areDebtorsBlanked) return 'DEBTORS_REMOVED';
  if (sourceOf[stage] === 'file' && batch.isFileRemoved) return 'FILE_REMOVED';
  // The keys of its other rows, which show duplicates, were deleted when it ended.
  return batch.mode === 'validate' && isComplete(batch.status) ? 'DRY_RUN_ENDED' : undefined;
}
