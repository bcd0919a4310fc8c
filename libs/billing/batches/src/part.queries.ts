import type { ChunkPart, Stage } from '#contracts';
import { fragment, sql, type Tx } from '#database';
import { enterBatch } from './batch-door.queries.ts';
import { gapsOf } from './gaps.ts';

/** The outcomes of the rows of a part. They add up to `rows`: chunk_results_account_for_every_row. */
export interface PartCounts {
  readonly rows: number;
  readonly accepted?: number;
  readonly duplicate?: number;
  readonly rejected?: number;
  readonly dead?: number;
  /** The sum of the issued boletos, in centavos; only at `issue`. */
  readonly centavos?: bigint;
}

const CLAIM_PART = sql`
  select 1 from batches where id = ${'batchId'} and status in ('splitting', 'processing') for key share`;

/**
 * Makes the part this transaction's to account for. False if there is nothing to do any more: its batch has ended, or
 * some of its rows are accounted for already. Until the transaction ends, the batch cannot be cancelled and other parts
 * of the chunk wait, so that a chunk and a half of it, both on their way, cannot count a row twice.
 */
export async function claimPart(tx: Tx, stage: Stage, part: ChunkPart): Promise<boolean> {
  await enterBatch(tx, part.batchId);
  // The weakest lock for which a change of the batch's status (for update) waits. Under a stronger lock no process
  // could note that the file is split: at nearly every moment a chunk of it holds the lock.
  const open = await CLAIM_PART.rows(tx, { batchId: part.batchId });
  return open.length === 1 && !(await isAccountedFor(tx, stage, part));
}

const LOCK_CHUNK = sql`
  select 1 from chunks where batch_id = ${'batchId'} and chunk_no = ${'chunkNo'} for no key update`;

/** The results that account for some row of a part. */
const OVERLAPPING = fragment`
  from chunk_results
  where batch_id = ${'batchId'} and chunk_no = ${'chunkNo'} and stage = ${'stage'}
    and (to_line is null or to_line >= ${'fromLine'})
    and (${'toLine'}::bigint is null or from_line <= ${'toLine'})`;

const FIND_OVERLAPPING = sql`select 1 ${OVERLAPPING} limit 1`;

/** True if any row of the part has an outcome at this stage. Other parts of the chunk wait for this transaction. */
export async function isAccountedFor(tx: Tx, stage: Stage, part: ChunkPart): Promise<boolean> {
  // A weaker lock than `for update`: rows that refer to the chunk (debts, rejections) may still be inserted.
  await LOCK_CHUNK.run(tx, { batchId: part.batchId, chunkNo: part.chunkNo });
  const overlapping = await FIND_OVERLAPPING.rows(tx, { stage, ...part });
  return overlapping.length > 0;
}

const REST_OF = sql.returning({ from_line: 'int8', to_line: 'int8?' })`select from_line, to_line ${OVERLAPPING}`;

/**
 * The lines of an unclaimed part for which nothing accounts, in the transaction that tried to claim it: the lines
 * between those that have an outcome. Nothing when all have one, or when the batch has ended.
 */
export async function restOf(tx: Tx, stage: Stage, part: ChunkPart): Promise<readonly ChunkPart[]> {
  const rows = await REST_OF.rows(tx, { stage, ...part });
  if (rows.length === 0) return [];
  const done = rows.map((row) => ({
    fromLine: Number(row.from_line),
    toLine: row.to_line === null ? null : Number(row.to_line),
  }));
  const { batchId, chunkNo } = part;
  return gapsOf(part, done).map(({ fromLine, toLine }) => ({ batchId, chunkNo, fromLine, toLine }));
}

const RECORD_PART = sql`
  insert into chunk_results (batch_id, chunk_no, stage, from_line, to_line,
                             rows, accepted, duplicate, rejected, dead, centavos)
  values (${'batchId'}, ${'chunkNo'}, ${'stage'}, ${'fromLine'}, ${'toLine'},
          ${'rows'}, ${'accepted'}, ${'duplicate'}, ${'rejected'}, ${'dead'}, ${'centavos'})`;

/** Accounts for the rows of a part that was claimed. Its key makes a second time an error, not a second count. */
export async function recordPart(tx: Tx, stage: Stage, part: ChunkPart, counts: PartCounts): Promise<void> {
  await RECORD_PART.run(tx, {
    batchId: part.batchId,
    chunkNo: part.chunkNo,
    stage,
    fromLine: part.fromLine,
    toLine: part.toLine,
    rows: counts.rows,
    accepted: counts.accepted ?? 0,
    duplicate: counts.duplicate ?? 0,
    rejected: counts.rejected ?? 0,
    dead: counts.dead ?? 0,
    centavos: counts.centavos ?? null,
  });
}
