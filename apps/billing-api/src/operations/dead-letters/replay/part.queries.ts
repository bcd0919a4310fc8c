import type { TenantDb, TenantTx } from '#access';
import { EMAIL_REMOVED, stageNames, type ChunkPart, type Stage } from '#contracts';
import { column, fragment, list, literal, sql } from '#database';

/** A part of a chunk at a stage: what a row of chunk_results answers for. */
export interface StagedPart {
  readonly stage: Stage;
  readonly part: ChunkPart;
}

/** The source of a stage's outcomes: the rows of the file, or the debts that they became. */
export const sourceOf: Readonly<Record<Stage, 'file' | 'debts'>> = { validate: 'file', issue: 'debts' };

/** A part `p` of a stage that reads debts. */
const READS_DEBTS = fragment`p.stage in (${list(
  stageNames.filter((stage) => sourceOf[stage] === 'debts').map((stage) => literal(stage)),
)})`;

const PARTS = fragment`
  unnest(${'batchIds'}::uuid[], ${'chunkNos'}::int[], ${'stages'}::text[], ${'fromLines'}::bigint[], ${'toLines'}::bigint[])
  with ordinality as p (batch_id, chunk_no, stage, from_line, to_line, place)`;

function columnsOf(parts: readonly StagedPart[]) {
  return {
    batchIds: parts.map(({ part }) => part.batchId),
    chunkNos: parts.map(({ part }) => part.chunkNo),
    stages: parts.map(({ stage }) => stage),
    fromLines: parts.map(({ part }) => part.fromLine),
    toLines: parts.map(({ part }) => part.toLine),
  };
}

const HAVE_THEIR_DEBTS = sql.returning({ complete: 'bool' })`
  select not exists (
    select 1
    from chunk_results r
    where r.batch_id = p.batch_id and r.chunk_no = p.chunk_no and r.stage = p.stage and r.from_line = p.from_line
      and ${READS_DEBTS} and r.dead > 0 and r.dead <> (
        select count(*)
        from debts d
        where d.batch_id = p.batch_id and d.chunk_no = p.chunk_no and d.line >= p.from_line
          and (p.to_line is null or d.line <= p.to_line)
      )
  ) as complete
  from ${PARTS}
  order by p.place`;

/**
 * For each part, in order: false when its rows counted as dead as debts and some of these are not its own any more,
 * because the rows were sent again in another file.
 */
export async function haveTheirDebts(db: TenantDb, parts: readonly StagedPart[]): Promise<readonly boolean[]> {
  if (parts.length === 0) return [];
  const rows = await HAVE_THEIR_DEBTS.rows(db, columnsOf(parts));
  return rows.map(({ complete }) => complete);
}

const HAVE_BLANK_DEBTS = sql.returning({ blank: 'bool' })`
  select ${READS_DEBTS} and exists (
    select 1
    from debts d
    where d.batch_id = p.batch_id and d.chunk_no = p.chunk_no and d.line >= p.from_line
      and (p.to_line is null or d.line <= p.to_line) and d.email = ${'emailRemoved'}
  ) as blank
  from ${PARTS}
  order by p.place`;

/**
 * For each part, in order: true when the retention has begun to blank its debts. A batch is marked when all of it is
 * blank, which takes many transactions; a replay may come in between.
 */
export async function haveBlankDebts(db: TenantDb, parts: readonly StagedPart[]): Promise<readonly boolean[]> {
  if (parts.length === 0) return [];
  const rows = await HAVE_BLANK_DEBTS.rows(db, { ...columnsOf(parts), emailRemoved: EMAIL_REMOVED });
  return rows.map(({ blank }) => blank);
}

/** A part whose rows counted as dead. */
export interface RevivedPart extends StagedPart {
  readonly rows: number;
}

const DELETE_DEAD_RESULTS = sql.returning({
  batch_id: 'uuid',
  chunk_no: 'int4',
  stage: column<Stage>('text'),
  from_line: 'int8',
  to_line: 'int8?',
  rows: 'int4',
})`
  delete from chunk_results r
  using ${PARTS}
  where r.batch_id = p.batch_id and r.chunk_no = p.chunk_no and r.stage = p.stage and r.from_line = p.from_line
    and r.dead > 0 and r.dead = r.rows
  returning r.batch_id, r.chunk_no, r.stage, r.from_line, r.to_line, r.rows`;

/** Takes back that the rows of the parts are dead, and returns what was. */
export async function deleteDeadResults(tx: TenantTx, parts: readonly StagedPart[]): Promise<readonly RevivedPart[]> {
  if (parts.length === 0) return [];
  const rows = await DELETE_DEAD_RESULTS.rows(tx, columnsOf(parts));
  return rows.map((row) => ({
    stage: row.stage,
    part: {
      batchId: row.batch_id,
      chunkNo: row.chunk_no,
      fromLine: Number(row.from_line),
      toLine: row.to_line === null ? null : Number(row.to_line),
    },
    rows: row.rows,
  }));
}

const OUTDATE_EXPORTS = sql.returning({ batchId: 'uuid', exportId: 'uuid' })`
  update exports
  set status = 'failed',
      failure = jsonb_build_object(
        'code', 'EXPORT_OUTDATED',
        'message', 'Linhas do lote foram processadas de novo depois deste pedido. Peça outro arquivo.')
  -- One that is being completed is waited for and outdated then; one that is asked for later has the new boletos.
  where batch_id = any(${'batchIds'}::uuid[]) and status <> 'failed'
  returning batch_id as "batchId", id as "exportId"`;

/** Exports of a batch that gets more boletos: asking again must not answer with a file that lacks them. */
export async function outdateExports(
  tx: TenantTx,
  batchIds: readonly string[],
): Promise<readonly { readonly batchId: string; readonly exportId: string }[]> {
  if (batchIds.length === 0) return [];
  const rows = await OUTDATE_EXPORTS.rows(tx, { batchIds });
  return rows;
}
