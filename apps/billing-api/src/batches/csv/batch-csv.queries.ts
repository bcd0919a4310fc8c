import { column, sql, type Db } from '#database';

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
           b.status || ',' || b.nosso_numero_impresso || ',' || b.codigo_barras || ',' || b.linha_digitavel,
           ${'noBoleto'}::text || ',,,'
         )
         || ',' || d.amount_centavos / 100 || '.' || lpad((d.amount_centavos % 100)::text, 2, '0')
         || ',' || d.due_date
         || ',' || coalesce(b.id || ',' || coalesce(n.status, 'pending'), ',') as cells
    from debts d
    left join boletos b on b.debt_id = d.id
    left join notifications n on n.boleto_id = b.id and n.kind = 'boleto_issued'
   where d.batch_id = ${'batchId'}
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
  db: Db,
  { batchId, noBoleto }: { readonly batchId: string; readonly noBoleto: 'pending' | 'dead' },
  after: Pick<ResultRow, 'chunkNo' | 'line'> | undefined,
  limit: number,
): Promise<readonly ResultRow[]> {
  const records = await RESULTS_AFTER.rows(db, {
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
  select line, problems, raw
    from rejections
   where batch_id = ${'batchId'}
     and line > ${'line'}
   order by line
   limit ${'limit'}`;

export async function rejectionsAfter(
  db: Db,
  batchId: string,
  after: Pick<RejectionRow, 'line'> | undefined,
  limit: number,
): Promise<readonly RejectionRow[]> {
  return await REJECTIONS_AFTER.rows(db, { batchId, line: after?.line ?? '0', limit });
}
