import { OWN_BATCH, type TenantDb } from '#access';
import { column, sql } from '#database';

/** An accepted row and what became of it. */
export interface ResultRow {
  readonly chunkNo: number;
  readonly line: string;
  readonly debtId: string;
  /** The cells after the debt's id, as the CSV has them. */
  readonly cells: string;
}

const RESULTS_AFTER = sql.returning({ chunk_no: 'int4', line: 'int8', debt_id: 'text', cells: 'text' })`
  select d.chunk_no,
         d.line,
         d.debt_id,
         coalesce(
           o.status || ',' || o.nosso_numero_impresso || ',' || o.codigo_barras || ',' || o.linha_digitavel,
           ${'noBoleto'}::text || ',,,'
         )
         || ',' || d.amount_centavos / 100 || '.' || lpad((d.amount_centavos % 100)::text, 2, '0')
         || ',' || d.due_date
         || ',' || coalesce(o.id || ',' || coalesce(n.status, 'pending'), ',') as cells
    from batches b
    join debts d on d.batch_id = b.id
    left join boletos o on o.debt_id = d.id
    left join notifications n on n.boleto_id = o.id and n.kind = 'boleto_issued'
   where b.id = ${'batchId'} and ${OWN_BATCH}
     and (d.chunk_no, d.line) > (${'chunkNo'}, ${'line'})
   order by d.chunk_no, d.line
   limit ${'limit'}`;

/**
 * Accepted rows in the order of their lines. Chunks are cut from the file in order, so chunk and line sort as line
 * does, and that order has an index (debts_by_chunk_line).
 *
 * The database writes the cells that are ours: digits, dates, ids and words that no spreadsheet takes for a formula and
 * that need no quotes. As cells one by one they cost this process twice as much. `noBoleto` is the status of a row
 * without one.
 */
export async function resultsAfter(
  db: TenantDb,
  { batchId, noBoleto }: { readonly batchId: string; readonly noBoleto: 'pending' | 'dead' },
  after: Pick<ResultRow, 'chunkNo' | 'line'> | undefined,
  limit: number,
): Promise<readonly ResultRow[]> {
  const records = await RESULTS_AFTER.rows(db, {
    ...db.scope,
    batchId,
    noBoleto,
    chunkNo: after?.chunkNo ?? -1,
    line: after?.line ?? '0',
    limit,
  });
  return records.map(({ chunk_no, line, debt_id, cells }) => ({ chunkNo: chunk_no, line, debtId: debt_id, cells }));
}

export interface RejectionRow {
  readonly line: string;
  readonly problems: readonly {
    readonly field?: string | null;
    readonly code: string;
    readonly value?: string | null;
    readonly message: string;
  }[];
  /** The row as it came. */
  readonly raw: string;
}

const REJECTIONS_AFTER = sql.returning({
  line: 'int8',
  problems: column<
    readonly {
      readonly field?: string | null;
      readonly code: string;
      readonly value?: string | null;
      readonly message: string;
    }[]
  >('jsonb'),
  raw: 'text',
})`
  select r.line, r.problems, r.raw
    from batches b
    join rejections r on r.batch_id = b.id
   where b.id = ${'batchId'} and ${OWN_BATCH}
     and r.line > ${'line'}
   order by r.line
   limit ${'limit'}`;

export async function rejectionsAfter(
  db: TenantDb,
  batchId: string,
  after: Pick<RejectionRow, 'line'> | undefined,
  limit: number,
): Promise<readonly RejectionRow[]> {
  return await REJECTIONS_AFTER.rows(db, { ...db.scope, batchId, line: after?.line ?? '0', limit });
}
