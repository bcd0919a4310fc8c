import type { EntityManager } from 'typeorm';

type Reader = Pick<EntityManager, 'query'>;

/** An accepted row and what became of it. */
export interface ResultRow {
  readonly chunkNo: number;
  readonly line: string;
  readonly debtId: string;
  /** The cells after the debt's id, as the CSV has them. */
  readonly cells: string;
}

interface ResultRecord {
  readonly chunk_no: number;
  readonly line: string;
  readonly debt_id: string;
  readonly cells: string;
}

/**
 * Accepted rows in the order of their lines. Chunks are cut from the file in order, so chunk and line sort as line
 * does, and that order has an index (debts_by_chunk_line).
 *
 * The database writes the cells that are ours: digits, dates, ids and words that no spreadsheet takes for a formula and
 * that need no quotes. As cells one by one they cost this process twice as much. `noBoleto` is the status of a row
 * without one.
 */
export async function resultsAfter(
  db: Reader,
  batchId: string,
  noBoleto: 'pending' | 'dead',
  after: Pick<ResultRow, 'chunkNo' | 'line'> | undefined,
  limit: number,
): Promise<readonly ResultRow[]> {
  const records = await db.query<ResultRecord[]>(
    `select d.chunk_no,
            d.line,
            d.debt_id,
            coalesce(
              b.status || ',' || b.nosso_numero_impresso || ',' || b.codigo_barras || ',' || b.linha_digitavel,
              $2::text || ',,,'
            )
            || ',' || d.amount_centavos / 100 || '.' || lpad((d.amount_centavos % 100)::text, 2, '0')
            || ',' || d.due_date
            || ',' || coalesce(b.id || ',' || coalesce(n.status, 'pending'), ',') as cells
       from debts d
       left join boletos b on b.debt_id = d.id
       left join notifications n on n.boleto_id = b.id and n.kind = 'boleto_issued'
      where d.batch_id = $1
        and (d.chunk_no, d.line) > ($3, $4)
      order by d.chunk_no, d.line
      limit $5`,
    [batchId, noBoleto, after?.chunkNo ?? -1, after?.line ?? '0', limit],
  );
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

export async function rejectionsAfter(
  db: Reader,
  batchId: string,
  after: Pick<RejectionRow, 'line'> | undefined,
  limit: number,
): Promise<readonly RejectionRow[]> {
  return await db.query<RejectionRow[]>(
    `select line, problems, raw
       from rejections
      where batch_id = $1
        and line > $2
      order by line
      limit $3`,
    [batchId, after?.line ?? '0', limit],
  );
}
