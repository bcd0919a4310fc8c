import type { TenantTx } from '#access';
import type { ChunkPart } from '#contracts';
import { sql } from '#database';

const IS_SENT_AGAIN = sql`
  select 1
  from batches b
  join batches other on other.issuer_id = b.issuer_id and other.sha256 = b.sha256 and other.reading = b.reading
  where b.id = ${'batchId'} and other.id <> b.id and other.status not in ('failed', 'cancelled')`;

/** True if the same file, read the same way, is another batch by now. */
export async function isSentAgain(tx: TenantTx, batchId: string): Promise<boolean> {
  const rows = await IS_SENT_AGAIN.rows(tx, { batchId });
  return rows.length > 0;
}

/** How far a part of a chunk has come at a stage. */
export interface StageProgress {
  readonly part: ChunkPart;
  /** Rows that have to have an outcome at the stage. */
  readonly due: number;
  readonly done: number;
  /** Rows of chunk_results about them. */
  readonly results: number;
}

const VALIDATION_OF = sql.returning({
  chunk_no: 'int4',
  first_line: 'int8',
  rows: 'int4',
  done: 'int8',
  results: 'int8',
})`
  select c.chunk_no, c.first_line, c.rows, a.validated as done, a.parts_validated as results
  from chunks c
  join chunk_accounts a on a.batch_id = c.batch_id and a.chunk_no = c.chunk_no
  where c.batch_id = ${'batchId'} and c.released_at is not null
  order by c.chunk_no`;

/**
 * The chunks of a batch that were announced, and how many of their rows are validated. The others come in their turn.
 */
export async function validationOf(tx: TenantTx, batchId: string): Promise<readonly StageProgress[]> {
  const rows = await VALIDATION_OF.rows(tx, { batchId });
  return rows.map((row) => ({
    part: { batchId, chunkNo: row.chunk_no, fromLine: Number(row.first_line), toLine: null },
    due: row.rows,
    done: Number(row.done),
    results: Number(row.results),
  }));
}

/** A validated part that has accepted rows, and how far it and its chunk have come at issuing. */
export interface IssuingProgress {
  readonly part: ChunkPart;
  /** Rows that have to have an outcome. */
  readonly due: number;
  /**
   * Rows of chunk_results about some of them. Halves have several for a part, neighbours that were replayed together
   * one for several parts.
   */
  readonly results: number;
  /** Rows of the whole chunk that have a boleto or are dead. */
  readonly doneOfChunk: number;
  readonly debts: number;
}

const ISSUING_OF = sql.returning({
  chunk_no: 'int4',
  from_line: 'int8',
  to_line: 'int8?',
  accepted: 'int4',
  results: 'int8',
  done_of_chunk: 'int8',
  debts: 'int8',
})`
  with parts as (
    select chunk_no, from_line, accepted,
           lead(from_line) over (partition by chunk_no order by from_line) - 1 as to_line
    from chunk_results
    where batch_id = ${'batchId'} and stage = 'validate'
  )
  select p.chunk_no, p.from_line, p.to_line, p.accepted, i.results, a.issuing_done as done_of_chunk,
         (select count(*)
          from debts d
          where d.batch_id = ${'batchId'} and d.chunk_no = p.chunk_no and d.line >= p.from_line
            and (p.to_line is null or d.line <= p.to_line)) as debts
  from parts p
  join chunk_accounts a on a.batch_id = ${'batchId'} and a.chunk_no = p.chunk_no
  cross join lateral (
    select count(*) as results
    from chunk_results r
    where r.batch_id = ${'batchId'} and r.chunk_no = p.chunk_no and r.stage = 'issue'
      and (r.to_line is null or r.to_line >= p.from_line)
      and (p.to_line is null or r.from_line <= p.to_line)
  ) i
  where p.accepted > 0
  order by p.chunk_no, p.from_line`;

/** The validated parts of a batch that have accepted rows. A part ends where the next one of its chunk begins. */
export async function issuingOf(tx: TenantTx, batchId: string): Promise<readonly IssuingProgress[]> {
  const rows = await ISSUING_OF.rows(tx, { batchId });
  return rows.map((row) => ({
    part: {
      batchId,
      chunkNo: row.chunk_no,
      fromLine: Number(row.from_line),
      toLine: row.to_line === null ? null : Number(row.to_line),
    },
    due: row.accepted,
    results: Number(row.results),
    doneOfChunk: Number(row.done_of_chunk),
    debts: Number(row.debts),
  }));
}
