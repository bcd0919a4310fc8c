import type { EntityManager } from 'typeorm';
import type { KnownDebt } from './decide-duplicates.ts';
import type { GoodRow } from './parse-chunk.ts';

export interface Owner {
  readonly issuerId: string;
  readonly batchId: string;
  readonly chunkNo: number;
}

/**
 * One debtor per government id, however many rows and files name it. Sorted, so that two chunks with the same
 * people take their locks in the same order and cannot deadlock; debtors always before debts, for the same reason.
 */
export async function insertDebtors(tx: EntityManager, issuerId: string, rows: readonly GoodRow[]): Promise<void> {
  await tx.query(
    `insert into debtors (issuer_id, document, name, address)
     select distinct on (document) $1::uuid, document, name, address
     from unnest($2::text[], $3::text[], $4::jsonb[]) with ordinality as t (document, name, address, position)
     order by document, position
     on conflict (issuer_id, document) do nothing`,
    [
      issuerId,
      rows.map(({ document }) => document),
      rows.map(({ name }) => name),
      rows.map(({ address }) => (address === undefined ? null : JSON.stringify(address))),
    ],
  );
}

/**
 * Inserts the debts whose debt id is new and returns their lines. Of equal debt ids in one part the first line
 * wins; of different parts, the first to commit. A debt keeps the name and e-mail of its own row.
 */
export async function insertDebts(
  tx: EntityManager,
  { issuerId, batchId, chunkNo }: Owner,
  rows: readonly GoodRow[],
): Promise<ReadonlySet<number>> {
  const inserted: { line: string }[] = await tx.query(
    `insert into debts (issuer_id, debt_id, debtor_id, payer_name, email, amount_centavos, due_date, batch_id, chunk_no, line)
     select $1, t.debt_id, d.id, nullif(t.name, d.name), t.email, t.amount, t.due_date, $2, $3, t.line
     from unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::date[], $10::bigint[])
       as t (debt_id, document, name, email, amount, due_date, line)
     join debtors d on d.issuer_id = $1 and d.document = t.document
     order by t.debt_id, t.line
     on conflict (issuer_id, debt_id) do nothing
     returning line`,
    [issuerId, batchId, chunkNo, ...columnsOf(rows)],
  );
  return new Set(inserted.map(({ line }) => Number(line)));
}

/**
 * Takes over debts that an earlier batch left without a boleto for good: it was cancelled, it failed, or the debt died
 * on the way. Sent again with the same terms they are accepted, as if they were new. Returns their lines. A batch that
 * has ended issues nothing any more; its row is locked first, so that a replay of its dead letters, which opens it
 * again, cannot come in between.
 */
export async function adoptDebts(
  tx: EntityManager,
  { issuerId, batchId, chunkNo }: Owner,
  rows: readonly GoodRow[],
): Promise<ReadonlySet<number>> {
  await tx.query(
    `select 1
     from batches
     where id in (select batch_id from debts where issuer_id = $1 and debt_id = any($2::text[]))
     order by id
     for share`,
    [issuerId, rows.map(({ debtId }) => debtId)],
  );
  const [adopted]: [{ line: string }[], number] = await tx.query(
    `update debts d
     set batch_id = $2, chunk_no = $3, line = t.line, email = t.email, payer_name = nullif(t.name, r.name)
     from (select distinct on (debt_id) debt_id, document, name, email, amount, due_date, line
           from unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::date[], $10::bigint[])
             as u (debt_id, document, name, email, amount, due_date, line)
           order by debt_id, line) t,
          debtors r, batches b
     where d.issuer_id = $1
       and d.debt_id = t.debt_id
       and r.id = d.debtor_id
       and r.document = t.document
       and d.amount_centavos = t.amount
       and d.due_date = t.due_date
       and b.id = d.batch_id
       and b.status in ('completed', 'completed_with_rejections', 'failed', 'cancelled')
       and not exists (select 1 from boletos o where o.debt_id = d.id)
     returning d.line`,
    [issuerId, batchId, chunkNo, ...columnsOf(rows)],
  );
  return new Set(adopted.map(({ line }) => Number(line)));
}

/** Rows as the arrays that `unnest` takes: debt id, document, name, e-mail, amount, due date, line. */
function columnsOf(rows: readonly GoodRow[]): readonly unknown[] {
  return [
    rows.map(({ debtId }) => debtId),
    rows.map(({ document }) => document),
    rows.map(({ name }) => name),
    rows.map(({ email }) => email),
    rows.map(({ amount }) => amount.toString()),
    rows.map(({ dueDate }) => dueDate),
    rows.map(({ line }) => line),
  ];
}

/** What is on record under these debt ids. */
export async function findDebts(
  tx: EntityManager,
  issuerId: string,
  debtIds: readonly string[],
): Promise<readonly KnownDebt[]> {
  const rows: KnownDebtRow[] = await tx.query(
    `select t.debt_id, r.document, t.amount_centavos, t.due_date::text as due_date
     from debts t
     join debtors r on r.id = t.debtor_id
     where t.issuer_id = $1 and t.debt_id = any($2::text[])`,
    [issuerId, debtIds],
  );
  return rows.map(knownDebt);
}

/** `insertDebts` for a batch that is only checked: remembered for the batch's own length, and nowhere else. */
export async function insertDryRunDebts(
  tx: EntityManager,
  batchId: string,
  rows: readonly GoodRow[],
): Promise<ReadonlySet<number>> {
  const inserted: { line: string }[] = await tx.query(
    `insert into dry_run_debts (batch_id, debt_id, document, amount_centavos, due_date, line)
     select $1::uuid, debt_id, document, amount, due_date, line
     from unnest($2::text[], $3::text[], $4::bigint[], $5::date[], $6::bigint[])
       as t (debt_id, document, amount, due_date, line)
     order by debt_id, line
     on conflict (batch_id, debt_id) do nothing
     returning line`,
    [
      batchId,
      rows.map(({ debtId }) => debtId),
      rows.map(({ document }) => document),
      rows.map(({ amount }) => amount.toString()),
      rows.map(({ dueDate }) => dueDate),
      rows.map(({ line }) => line),
    ],
  );
  return new Set(inserted.map(({ line }) => Number(line)));
}

export async function findDryRunDebts(
  tx: EntityManager,
  batchId: string,
  debtIds: readonly string[],
): Promise<readonly KnownDebt[]> {
  const rows: KnownDebtRow[] = await tx.query(
    `select debt_id, document, amount_centavos, due_date::text as due_date
     from dry_run_debts
     where batch_id = $1 and debt_id = any($2::text[])`,
    [batchId, debtIds],
  );
  return rows.map(knownDebt);
}

interface KnownDebtRow {
  readonly debt_id: string;
  readonly document: string;
  readonly amount_centavos: string;
  readonly due_date: string;
}

function knownDebt(row: KnownDebtRow): KnownDebt {
  return {
    debtId: row.debt_id,
    document: row.document,
    amountCentavos: BigInt(row.amount_centavos),
    dueDate: row.due_date,
  };
}
