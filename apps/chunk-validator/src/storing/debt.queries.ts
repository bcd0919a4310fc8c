import { fragment, literal, sql, writeRows, type Tx } from '#database';
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

const INSERT = fragment`
  insert into debts (id, issuer_id, debt_id, debtor_id, payer_name, email, amount_centavos, due_date,
                     batch_id, chunk_no, line)
  overriding system value
  select t.id, b.issuer_id, t.debt_id,
         case when people.are_known then (${'debtorIds'}::bigint[])[t.debtor] end,
         t.name, t.email, t.amount, t.due_date, c.batch_id, c.chunk_no, t.line
  from chunks c
  join batches b on b.id = c.batch_id
  cross join lateral (
    select array_agg(id) = ${'debtorIds'}::bigint[] and array_agg(document) = ${'documents'}::text[] as are_known
    from (
      select d.id, d.document
      from unnest(${'firsts'}::bigint[], ${'lasts'}::bigint[]) as r (first_id, last_id)
      -- The limit keeps it a look-up by key for each range: a join might read all debtors for every chunk.
      cross join lateral (
        select id, issuer_id, document
        from debtors
        where id between r.first_id and r.last_id
        limit ${literal(RANGE_IDS_MAX.toString())}
      ) d
      where d.issuer_id = b.issuer_id
      order by d.id
    ) in_order
  ) people
  cross join (
    -- In the select list: behind FROM the rows would be kept a second time before the first is sorted.
    select nextval('debts_id_seq') as id, unnest(${'debtIds'}::text[]) as debt_id, unnest(${'debtors'}::int[]) as debtor,
           unnest(${'names'}::text[]) as name, unnest(${'emails'}::text[]) as email, unnest(${'amounts'}::bigint[]) as amount,
           unnest(${'dueDates'}::date[]) as due_date, unnest(${'lines'}::bigint[]) as line
  ) t
  where c.batch_id = ${'batchId'} and c.chunk_no = ${'chunkNo'}
  order by t.debt_id collate "C", t.line`;

const INSERT_LIKELY_NEW = sql`${INSERT}`;

const INSERT_DEBTS = sql`
  ${INSERT}
  -- Debts are never deleted. The statement waits for one that another transaction inserts, and it is looked up afterwards.
  on conflict (issuer_id, debt_id) do nothing`;

const FIND_STORED_LINES = sql.returning({ line: 'int8' })`
  select d.line
  from unnest(${'lines'}::bigint[]) as t (line)
  cross join lateral (select line from debts where batch_id = ${'batchId'} and chunk_no = ${'chunkNo'} and line = t.line offset 0) d`;

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
  tx: Tx,
  { batchId, chunkNo }: Owner,
  set: RowSet,
  { debtorIds, likelyNew, rangeIdsMax }: Insertion,
): Promise<readonly number[]> {
  const { columns, lines } = set;
  const people = debtorRanges(set, debtorIds, rangeIdsMax);
  const inserted = await writeRows(tx, likelyNew ? INSERT_LIKELY_NEW : INSERT_DEBTS, {
    batchId,
    chunkNo,
    debtorIds: people.ids,
    documents: people.documents,
    firsts: people.firsts,
    lasts: people.lasts,
    debtIds: columns.debtIds.parameter,
    debtors: people.debtors,
    names: columns.names.parameter,
    emails: columns.emails.parameter,
    amounts: columns.amounts,
    dueDates: columns.dueDates,
    lines: columns.lines,
  });
  if (inserted === lines.length) return [];
  const own = await FIND_STORED_LINES.rows(tx, { batchId, chunkNo, lines: columns.lines });
  const stored = new Set(own.map(({ line }) => Number(line)));
  return lines.filter((line) => !stored.has(line));
}

const LOCK_BATCHES = sql`
  select 1 from batches where id = any(${'batchIds'}::uuid[]) order by id for key share`;

const ADOPT_DEBTS = sql.returning({ line: 'int8' })`
  update debts d
  set batch_id = c.batch_id, chunk_no = c.chunk_no, line = t.line, email = t.email, payer_name = t.name
  from (-- The first of the rows with the terms on record: a row with other terms must not take its place.
        select distinct on (u.debt_id) u.*
        from unnest(${'debtIds'}::text[], ${'documents'}::text[], ${'names'}::text[], ${'emails'}::text[], ${'amounts'}::bigint[], ${'dueDates'}::date[], ${'lines'}::bigint[])
          as u (debt_id, document, name, email, amount, due_date, line)
        join debts o
          on o.issuer_id = ${'issuerId'} and o.debt_id = u.debt_id and o.amount_centavos = u.amount and o.due_date = u.due_date
        join debtors p on p.id = o.debtor_id and p.document = u.document
        order by u.debt_id, u.line) t,
       debtors r, batches b, chunks c
  where d.issuer_id = ${'issuerId'}
    and c.batch_id = ${'batchId'}
    and c.chunk_no = ${'chunkNo'}
    and d.debt_id = t.debt_id
    and r.id = d.debtor_id
    and r.document = t.document
    and d.amount_centavos = t.amount
    and d.due_date = t.due_date
    and b.id = d.batch_id
    -- Locked above: a batch that has ended stays so until this is committed.
    and b.status in ('completed', 'completed_with_rejections', 'failed', 'cancelled')
    and not exists (select 1 from boletos o where o.debt_id = d.id)
  returning d.line`;

/**
 * Takes over debts that an earlier batch left without a boleto for good: it was cancelled, it failed, or the debt died
 * on the way. When they are sent again with the same terms they are accepted, as if they were new. Returns their lines.
 * A batch that has ended issues nothing more. The statement first locks the rows of `batchIds`, to which the debts
 * belong, so that a replay of dead letters, which opens a batch again, cannot come in between.
 */
export async function adoptDebts(
  tx: Tx,
  { issuerId, batchId, chunkNo }: Owner,
  rows: readonly GoodRow[],
  batchIds: ReadonlySet<string>,
): Promise<ReadonlySet<number>> {
  await LOCK_BATCHES.run(tx, { batchIds: [...batchIds] });
  const adopted = await ADOPT_DEBTS.rows(tx, { issuerId, batchId, chunkNo, ...columnsOf(rows) });
  return new Set(adopted.map(({ line }) => Number(line)));
}

/** Rows as the arrays that `unnest` takes. */
function columnsOf(rows: readonly GoodRow[]) {
  return {
    debtIds: rows.map(({ debtId }) => debtId),
    documents: rows.map(({ document }) => document),
    names: rows.map(({ name }) => name),
    emails: rows.map(({ email }) => email),
    amounts: rows.map(({ amount }) => amount.toString()),
    dueDates: rows.map(({ dueDate }) => dueDate),
    lines: rows.map(({ line }) => line),
  };
}

/** A debt and the batch it belongs to. */
interface StoredDebt extends KnownDebt {
  readonly batchId: string;
}

const FIND_DEBTS = sql.returning({
  debt_id: 'text',
  document: 'text',
  amount_centavos: 'int8',
  due_date: 'text',
  batch_id: 'uuid',
})`
  select d.debt_id, r.document, d.amount_centavos, d.due_date::text as due_date, d.batch_id
  from unnest(${'debtIds'}::text[]) as t (debt_id)
  cross join lateral (
    select debt_id, debtor_id, amount_centavos, due_date, batch_id
    from debts
    where issuer_id = ${'issuerId'} and debt_id = t.debt_id
    offset 0
  ) d
  cross join lateral (select document from debtors where id = d.debtor_id offset 0) r`;

/** The debts on record under these ids. Looked up one by one (offset 0): a join might read all debts for a few. */
export async function findDebts(tx: Tx, issuerId: string, debtIds: readonly string[]): Promise<readonly StoredDebt[]> {
  const rows = await FIND_DEBTS.rows(tx, { issuerId, debtIds });
  return rows.map((row) => Object.assign(knownDebt(row), { batchId: row.batch_id }));
}

const INSERT_DRY_RUN_DEBTS = sql.returning({ line: 'int8' })`
  insert into dry_run_debts (batch_id, debt_id, document, amount_centavos, due_date, line)
  select ${'batchId'}::uuid, debt_id, document, amount, due_date, line
  from unnest(${'debtIds'}::text[], ${'documents'}::text[], ${'amounts'}::bigint[], ${'dueDates'}::date[], ${'lines'}::bigint[])
    as t (debt_id, document, amount, due_date, line)
  order by debt_id, line
  -- Deleted only when the batch has ended: no part of it is claimed then. The statement waits for an insert in progress.
  on conflict (batch_id, debt_id) do nothing
  returning line`;

/** `insertDebts` for a batch that is only checked: its debts are kept until the batch has ended. */
export async function insertDryRunDebts(
  tx: Tx,
  batchId: string,
  rows: readonly GoodRow[],
): Promise<ReadonlySet<number>> {
  const inserted = await INSERT_DRY_RUN_DEBTS.rows(tx, {
    batchId,
    debtIds: rows.map(({ debtId }) => debtId),
    documents: rows.map(({ document }) => document),
    amounts: rows.map(({ amount }) => amount.toString()),
    dueDates: rows.map(({ dueDate }) => dueDate),
    lines: rows.map(({ line }) => line),
  });
  return new Set(inserted.map(({ line }) => Number(line)));
}

const FIND_DRY_RUN_DEBTS = sql.returning({
  debt_id: 'text',
  document: 'text',
  amount_centavos: 'int8',
  due_date: 'text',
})`
  select debt_id, document, amount_centavos, due_date::text as due_date
  from dry_run_debts
  where batch_id = ${'batchId'} and debt_id = any(${'debtIds'}::text[])`;

export async function findDryRunDebts(
  tx: Tx,
  batchId: string,
  debtIds: readonly string[],
): Promise<readonly KnownDebt[]> {
  const rows = await FIND_DRY_RUN_DEBTS.rows(tx, { batchId, debtIds });
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
