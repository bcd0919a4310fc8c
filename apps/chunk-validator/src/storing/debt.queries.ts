import type { EntityManager } from 'typeorm';
import { writeRows } from '#database';
import { debtorRanges, RANGE_IDS_MAX } from '../likely-new/debtor-ranges.ts';
import type { GoodRow, RowSet } from '../reading/row-sets.ts';
import type { KnownDebt } from './decide-duplicates.ts';

export interface Owner {
  readonly issuerId: string;
  readonly batchId: string;
  readonly chunkNo: number;
}

interface Insertion {
  /** debtors.id of each of the people, in their order. */
  readonly debtorIds: Float64Array;
  /** True to insert without `on conflict`, which is faster: a debt id that is taken is then an error. */
  readonly likelyNew: boolean;
  /** Debtors that one range looks up; 1: each by itself. */
  readonly rangeIdsMax: number;
}

/**
 * Inserts the debts whose debt id is new and returns the lines of the rows whose id was taken. Among equal debt ids the
 * first line of a set wins, and the first part to commit. A debt keeps the name and e-mail of its own row.
 *
 * Issuer and chunk come from their own rows, and so do the debtors, which the statement looks up before it writes: a
 * debt that refers to nothing cannot be made here (ADR 19, ADR 24). If a debtor is missing, or its id belongs to
 * another person (the process remembered ids, and the database was restored from a backup), debtor_id is null, which
 * the table refuses.
 *
 * Debts are written in the order of their debt ids, so that parts with the same ids wait for each other in one order
 * and PostgreSQL walks the index in order. They are numbered in the order of their lines, because their boletos refer
 * to them so.
 *
 * @throws QueryFailedError of the constraint debts_one_per_debt_id, if the rows were likely new and one of them is not
 */
export async function insertDebts(
  tx: EntityManager,
  { batchId, chunkNo }: Owner,
  set: RowSet,
  { debtorIds, likelyNew, rangeIdsMax }: Insertion,
): Promise<readonly number[]> {
  const { columns, lines } = set;
  const people = debtorRanges(set, debtorIds, rangeIdsMax);
  const inserted = await writeRows(
    tx,
    `insert into debts (id, issuer_id, debt_id, debtor_id, payer_name, email, amount_centavos, due_date,
                        batch_id, chunk_no, line)
     overriding system value
     select t.id, b.issuer_id, t.debt_id,
            case when people.are_known then ($3::bigint[])[t.debtor] end,
            t.name, t.email, t.amount, t.due_date, c.batch_id, c.chunk_no, t.line
     from chunks c
     join batches b on b.id = c.batch_id
     cross join lateral (
       select array_agg(id) = $3::bigint[] and array_agg(document) = $4::text[] as are_known
       from (
         select d.id, d.document
         from unnest($5::bigint[], $6::bigint[]) as r (first_id, last_id)
         -- The limit keeps it a look-up by key for each range: a join might read all debtors for every chunk.
         cross join lateral (
           select id, issuer_id, document
           from debtors
           where id between r.first_id and r.last_id
           limit ${RANGE_IDS_MAX.toString()}
         ) d
         where d.issuer_id = b.issuer_id
         order by d.id
       ) in_order
     ) people
     cross join (
       -- In the select list: behind FROM the rows would be kept a second time before the first is sorted.
       select nextval('debts_id_seq') as id, unnest($7::text[]) as debt_id, unnest($8::int[]) as debtor,
              unnest($9::text[]) as name, unnest($10::text[]) as email, unnest($11::bigint[]) as amount,
              unnest($12::date[]) as due_date, unnest($13::bigint[]) as line
     ) t
     where c.batch_id = $1 and c.chunk_no = $2
     order by t.debt_id collate "C", t.line
     -- Debts are never deleted. The statement waits for one that another transaction inserts, and it is looked up afterwards.
     ${likelyNew ? '' : 'on conflict (issuer_id, debt_id) do nothing'}`,
    [
      batchId,
      chunkNo,
      people.ids,
      people.documents,
      people.firsts,
      people.lasts,
      columns.debtIds.parameter,
      people.debtors,
      columns.names.parameter,
      columns.emails.parameter,
      columns.amounts,
      columns.dueDates,
      columns.lines,
    ],
  );
  if (inserted === lines.length) return [];
  const own: { line: string }[] = await tx.query(
    `select d.line
     from unnest($3::bigint[]) as t (line)
     cross join lateral (select line from debts where batch_id = $1 and chunk_no = $2 and line = t.line offset 0) d`,
    [batchId, chunkNo, columns.lines],
  );
  const stored = new Set(own.map(({ line }) => Number(line)));
  return lines.filter((line) => !stored.has(line));
}

/**
 * Takes over debts that an earlier batch left without a boleto for good: it was cancelled, it failed, or the debt died
 * on the way. When they are sent again with the same terms they are accepted, as if they were new. Returns their lines.
 * A batch that has ended issues nothing more. The statement first locks the rows of `batchIds`, to which the debts
 * belong, so that a replay of dead letters, which opens a batch again, cannot come in between.
 */
export async function adoptDebts(
  tx: EntityManager,
  { issuerId, batchId, chunkNo }: Owner,
  rows: readonly GoodRow[],
  batchIds: ReadonlySet<string>,
): Promise<ReadonlySet<number>> {
  await tx.query(`select 1 from batches where id = any($1::uuid[]) order by id for key share`, [[...batchIds]]);
  const [adopted]: [{ line: string }[], number] = await tx.query(
    `update debts d
     set batch_id = c.batch_id, chunk_no = c.chunk_no, line = t.line, email = t.email, payer_name = t.name
     from (-- The first of the rows with the terms on record: a row with other terms must not take its place.
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
       -- Locked above: a batch that has ended stays so until this is committed.
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

/** A debt and the batch it belongs to. */
interface StoredDebt extends KnownDebt {
  readonly batchId: string;
}

/** The debts on record under these ids. Looked up one by one (offset 0): a join might read all debts for a few. */
export async function findDebts(
  tx: EntityManager,
  issuerId: string,
  debtIds: readonly string[],
): Promise<readonly StoredDebt[]> {
  const rows: (KnownDebtRow & { readonly batch_id: string })[] = await tx.query(
    `select d.debt_id, r.document, d.amount_centavos, d.due_date::text as due_date, d.batch_id
     from unnest($2::text[]) as t (debt_id)
     cross join lateral (
       select debt_id, debtor_id, amount_centavos, due_date, batch_id
       from debts
       where issuer_id = $1 and debt_id = t.debt_id
       offset 0
     ) d
     cross join lateral (select document from debtors where id = d.debtor_id offset 0) r`,
    [issuerId, debtIds],
  );
  return rows.map((row) => Object.assign(knownDebt(row), { batchId: row.batch_id }));
}

/** `insertDebts` for a batch that is only checked: its debts are kept until the batch has ended. */
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
     -- Deleted only when the batch has ended: no part of it is claimed then. The statement waits for an insert in progress.
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
