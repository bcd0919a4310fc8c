import type { EntityManager } from 'typeorm';

type Reader = Pick<EntityManager, 'query'>;

/** An accepted row and what became of it. */
export interface ResultRow {
  readonly chunkNo: number;
  readonly line: string;
  readonly debtId: string;
  readonly amountCentavos: bigint;
  readonly dueDate: string;
  readonly boleto:
    | {
        readonly id: string;
        readonly status: string;
        readonly nossoNumeroImpresso: string;
        readonly codigoBarras: string;
        readonly linhaDigitavel: string;
      }
    | undefined;
  /** Undefined until the notifier has come to it. */
  readonly notification: string | undefined;
}

interface ResultRecord {
  readonly chunk_no: number;
  readonly line: string;
  readonly debt_id: string;
  readonly amount_centavos: string;
  readonly due_date: string;
  readonly boleto_id: string | null;
  readonly status: string;
  readonly nosso_numero_impresso: string;
  readonly codigo_barras: string;
  readonly linha_digitavel: string;
  readonly notification: string | null;
}

/**
 * Accepted rows in the order of their lines. Chunks are cut from the file in order, so chunk and line sort as line
 * does, and that order has an index (debts_by_chunk_line).
 */
export async function resultsAfter(
  db: Reader,
  batchId: string,
  after: Pick<ResultRow, 'chunkNo' | 'line'> | undefined,
  limit: number,
): Promise<readonly ResultRow[]> {
  const records = await db.query<ResultRecord[]>(
    `select d.chunk_no,
            d.line,
            d.debt_id,
            d.amount_centavos,
            d.due_date,
            b.id as boleto_id,
            b.status,
            b.nosso_numero_impresso,
            b.codigo_barras,
            b.linha_digitavel,
            n.status as notification
       from debts d
       left join boletos b on b.debt_id = d.id
       left join notifications n on n.boleto_id = b.id and n.kind = 'boleto_issued'
      where d.batch_id = $1
        and (d.chunk_no, d.line) > ($2, $3)
      order by d.chunk_no, d.line
      limit $4`,
    [batchId, after?.chunkNo ?? -1, after?.line ?? '0', limit],
  );
  return records.map((record) => ({
    chunkNo: record.chunk_no,
    line: record.line,
    debtId: record.debt_id,
    amountCentavos: BigInt(record.amount_centavos),
    dueDate: record.due_date,
    boleto:
      record.boleto_id === null
        ? undefined
        : {
            id: record.boleto_id,
            status: record.status,
            nossoNumeroImpresso: record.nosso_numero_impresso,
            codigoBarras: record.codigo_barras,
            linhaDigitavel: record.linha_digitavel,
          },
    notification: record.notification ?? undefined,
  }));
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
