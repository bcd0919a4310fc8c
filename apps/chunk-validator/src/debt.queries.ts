import type { EntityManager } from 'typeorm';
import { affectedRows, bigintArray } from '#database';
import type { KnownDebt } from './decide-duplicates.ts';
import type { GoodRow, GoodRows } from './good-rows.ts';

export interface Owner {
  readonly issuerId: string;
  readonly batchId: string;
  readonly chunkNo: number;
}

/**
 * Inserts the debts whose debt id is new and returns the places of the rows whose id was taken. `debtorIds` has each row's,
 * in order. Of equal debt ids in one part the first line wins; of different parts, the first to commit. A debt keeps the
 * name and e-mail of its own row.
 *
 * Issuer and chunk come from their own rows and the debtor is looked up as the debt is written: a debt that refers to
 * nothing cannot be made here (ADR 19). A debtor that is not there, or is somebody else
 * (ids that were remembered, and a database restored from a backup), leaves debtor_id null, which the table refuses.
 */
export async function insertDebts(
  tx: EntityManager,
  { batchId, chunkNo }: Owner,
  { count, columns, lineAt }: GoodRows,
  debtorIds: readonly number[],
): Promise<readonly number[]> {
  const inserted = await affectedRows(
    tx,
    `insert into debts (issuer_id, debt_id, debtor_id, payer_name, email, amount_centavos, due_date,
                        batch_id, chunk_no, line)
     select b.issuer_id, t.debt_id,
            case when d.document = t.document and d.issuer_id = b.issuer_id then d.id end,
            nullif(t.name, d.name), t.email, t.amount, t.due_date, c.batch_id, c.chunk_no, t.line
     from chunks c
     join batches b on b.id = c.batch_id
     cross join unnest($3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::date[], $10::bigint[])
       as t (debt_id, debtor_id, document, name, email, amount, due_date, line)
     -- offset 0 keeps it a look-up by key for each row: a join would read all debtors for every chunk
     left join lateral (select id, issuer_id, document, name from debtors where id = t.debtor_id offset 0) d on true
     where c.batch_id = $1 and c.chunk_no = $2
     order by t.debt_id collate "C", t.line
     on conflict (issuer_id, debt_id) do nothing`,
    [
      batchId,
      chunkNo,
      columns.debtIds.parameter,
      bigintArray(debtorIds),
      columns.documents.parameter,
      columns.names.parameter,
      columns.emails.parameter,
      columns.amounts,
      columns.dueDates,
      columns.lines,
    ],
  );
  if (inserted === count) return [];
  const own: { line: string }[] = await tx.query(
    `select line from debts where batch_id = $1 and chunk_no = $2 and line = any($3::bigint[])`,
    [batchId, chunkNo, columns.lines],
  );
  const lines = new Set(own.map(({ line }) => Number(line)));
  return Array.from({ length: count }, (_, place) => place).filter((place) => !lines.has(lineAt(place)));
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
     for key share`,
    [issuerId, rows.map(({ debtId }) => debtId)],
  );
  const [adopted]: [{ line: string }[], number] = await tx.query(
    `update debts d
     set batch_id = c.batch_id, chunk_no = c.chunk_no, line = t.line, email = t.email, payer_name = nullif(t.name, r.name)
     from (-- Of the rows with the terms on record the first: one with other terms must not stand in its way.
           select distinct on (u.debt_id) u.*
           from unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::date[], $10::bigint[])
             as u (debt_id, document, name, email, amount, due_date, line)
           join debts o
             on o.issuer_id = $1 and o.debt_id = u.debt_id and o.amount_centavos = u.amount and o.due_date = u.due_date
           join debtors p on p.id = o.debtor_id and p.document = u.document
           order by u.debt_id, u.line) t,
          debtors r, batches b, chunks c
     where d.issuer_id = $1
       and c.batch_id = $2
       and c.chunk_no = $3
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
