import type { Db } from '#database';

export interface Part {
  readonly batchId: string;
  readonly chunkNo: number;
  readonly fromLine: number;
  readonly toLine: null;
}

const FIRST_LINE = 2;

/**
 * Inserts chunks of a batch in a few statements. Each chunk has the number of debts that `sizes` gives, on consecutive
 * lines. All have one debtor and are due on 31 January 2030; amounts start at R$ 10,00 and grow by a centavo per line.
 */
export async function insertDebts(
  db: Db,
  { issuerId, batchId }: { readonly issuerId: string; readonly batchId: string },
  sizes: readonly number[],
  debtIdOf: (line: number) => string = (line) => `${batchId}-${line.toString()}`,
): Promise<readonly Part[]> {
  const [debtor]: { id: string }[] = await db.query(
    `insert into debtors (issuer_id, document, name)
     values ($1, '52998224725', 'João da Conceição')
     on conflict (issuer_id, document) do update set name = excluded.name
     returning id`,
    [issuerId],
  );
  const parts: Part[] = [];
  let fromLine = FIRST_LINE;
  for (const [chunkNo, size] of sizes.entries()) {
    await db.query(
      `insert into chunks (batch_id, chunk_no, byte_offset, byte_length, first_line, rows)
       values ($1, $2, $3, 100, $3, $4)`,
      [batchId, chunkNo, fromLine, size],
    );
    const lines = Array.from({ length: size }, (_, at) => fromLine + at);
    await db.query(
      `insert into debts (issuer_id, batch_id, chunk_no, debtor_id, line, debt_id, email, amount_centavos, due_date)
       select $1, $2, $3, $4, line, debt_id, 'joao@example.com', 1000 + line, '2030-01-31'
       from unnest($5::bigint[], $6::text[]) as t (line, debt_id)
       order by random()`,
      [issuerId, batchId, chunkNo, debtor?.id, lines, lines.map(debtIdOf)],
    );
    parts.push({ batchId, chunkNo, fromLine, toLine: null });
    fromLine += size;
  }
  return parts;
}
