import type { EntityManager } from 'typeorm';
import type { ChunkPart, Stage } from '#contracts';
import { enterBatch } from './batch-door.ts';
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

/**
 * Makes the part this transaction's to account for. False if there is nothing to do any more: its batch has ended, or
 * some of its rows are accounted for already. Until the transaction ends, the batch cannot be cancelled and other parts
 * of the chunk wait, so that a chunk and a half of it, both on their way, cannot count a row twice.
 */
export async function claimPart(tx: EntityManager, stage: Stage, part: ChunkPart): Promise<boolean> {
  await enterBatch(tx, part.batchId);
  // The weakest lock for which a change of the batch's status (for update) waits. Under a stronger lock no process
  // could note that the file is split: at nearly every moment a chunk of it holds the lock.
  const open: unknown[] = await tx.query(
    `select 1 from batches where id = $1 and status in ('splitting', 'processing') for key share`,
    [part.batchId],
  );
  return open.length === 1 && !(await isAccountedFor(tx, stage, part));
}

/** True if any row of the part has an outcome at this stage. Other parts of the chunk wait for this transaction. */
export async function isAccountedFor(tx: EntityManager, stage: Stage, part: ChunkPart): Promise<boolean> {
  // A weaker lock than `for update`: rows that refer to the chunk (debts, rejections) may still be inserted.
  await tx.query(`select 1 from chunks where batch_id = $1 and chunk_no = $2 for no key update`, [
    part.batchId,
    part.chunkNo,
  ]);
  const overlapping: unknown[] = await tx.query(`select 1 ${OVERLAPPING} limit 1`, overlappingOf(stage, part));
  return overlapping.length > 0;
}

/**
 * The lines of an unclaimed part for which nothing accounts, in the transaction that tried to claim it: the lines
 * between those that have an outcome. Nothing when all have one, or when the batch has ended.
 */
export async function restOf(tx: EntityManager, stage: Stage, part: ChunkPart): Promise<readonly ChunkPart[]> {
  const rows: { from_line: string; to_line: string | null }[] = await tx.query(
    `select from_line, to_line ${OVERLAPPING}`,
    overlappingOf(stage, part),
  );
  if (rows.length === 0) return [];
  const done = rows.map((row) => ({
    fromLine: Number(row.from_line),
    toLine: row.to_line === null ? null : Number(row.to_line),
  }));
  const { batchId, chunkNo } = part;
  return gapsOf(part, done).map(({ fromLine, toLine }) => ({ batchId, chunkNo, fromLine, toLine }));
}

/** The results that account for some row of a part. */
const OVERLAPPING = `
  from chunk_results
  where batch_id = $1 and chunk_no = $2 and stage = $3
    and (to_line is null or to_line >= $4)
    and ($5::bigint is null or from_line <= $5)`;

function overlappingOf(stage: Stage, part: ChunkPart): unknown[] {
  return [part.batchId, part.chunkNo, stage, part.fromLine, part.toLine];
}

/** Accounts for the rows of a part that was claimed. Its key makes a second time an error, not a second count. */
export async function recordPart(tx: EntityManager, stage: Stage, part: ChunkPart, counts: PartCounts): Promise<void> {
  await tx.query(
    `insert into chunk_results (batch_id, chunk_no, stage, from_line, to_line,
                                rows, accepted, duplicate, rejected, dead, centavos)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      part.batchId,
      part.chunkNo,
      stage,
      part.fromLine,
      part.toLine,
      counts.rows,
      counts.accepted ?? 0,
      counts.duplicate ?? 0,
      counts.rejected ?? 0,
      counts.dead ?? 0,
      counts.centavos ?? null,
    ],
  );
}
