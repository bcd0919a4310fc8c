import type { EntityManager } from 'typeorm';
import { tryCloseBatchDoors } from '#batches';
import { EMAIL_REMOVED, NAME_REMOVED } from '#contracts';

/** The kinds of data that retention blanks in a batch, and the column of batches that records when. */
const MARKS = {
  rejections: 'rejections_blanked_at',
  recipients: 'recipients_blanked_at',
  debtors: 'debtors_blanked_at',
} as const;

export type Blanked = keyof typeof MARKS;

export interface BatchToBlank {
  readonly id: string;
  readonly issuerId: string;
  /** A stamp that changes with each change of the batch: after a replay it may have new rows. */
  readonly version: string;
}

/**
 * The oldest ended batch that was received more than so many days ago and still holds data to blank. Batches with an
 * open dead letter are left out, because a replay may need the data. Locked, so that no replay opens the batch again
 * meanwhile.
 *
 * @param issuersBut issuers whose batches are left for a later round
 */
export async function lockToBlank(
  tx: EntityManager,
  what: Blanked,
  days: number,
  issuersBut: ReadonlySet<string>,
): Promise<BatchToBlank | undefined> {
  const rows: BatchToBlank[] = await tx.query(
    `select b.id, b.issuer_id as "issuerId", b.xmin::text as version
     from batches b
     where b.${MARKS[what]} is null
       and b.received_at < now() - make_interval(days => $1)
       and b.status in ('completed', 'completed_with_rejections', 'failed', 'cancelled')
       and b.issuer_id <> all($2::uuid[])
       and not exists (select 1 from dead_letters l where l.batch_id = b.id and l.status = 'open')
     order by b.received_at
     limit 1
     -- A batch that is in another transaction's hands is being replayed or blanked: its turn comes in a later round.
     for update of b skip locked`,
    [days, [...issuersBut]],
  );
  return rows[0];
}

export async function markBlanked(tx: EntityManager, what: Blanked, batchId: string): Promise<void> {
  await tx.query(`update batches set ${MARKS[what]} = now() where id = $1`, [batchId]);
}

/** The key of the last row that a walk over a batch has reached; 'debts done' when only the debtors are left. */
export type Place = readonly number[] | 'debts done';

interface Page {
  /** Rows that were blanked. */
  readonly rows: number;
  /** Where the next page begins; undefined when there is none. */
  readonly next: Place | undefined;
}

/** Undefined when it cannot be done now. A later round tries again. */
type Blank = (tx: EntityManager, batchId: string, after: Place | undefined, limit: number) => Promise<Page | undefined>;

/** Blanks at most `limit` rows of a batch, from `after` on. Every row and every sum stays. */
export const blankPage: Readonly<Record<Blanked, Blank>> = {
  rejections: async (tx, batchId, after, limit) =>
    await blankRows(tx, limit, {
      page: 'select line from rejections where batch_id = $1 and line > $3 order by line limit $2',
      key: ['line'],
      update: `update rejections r
               set raw = '',
                   problems = (select jsonb_agg(problem || '{"value": null}' order by place)
                               from jsonb_array_elements(r.problems) with ordinality as p (problem, place))
               from page
               where r.batch_id = $1 and r.line = page.line and r.raw <> ''`,
      values: [batchId, limit, ...keyOf(after, [0])],
    }),

  recipients: async (tx, batchId, after, limit) =>
    await blankRows(tx, limit, {
      page: PAGE_OF_DEBTS,
      key: KEY_OF_DEBTS,
      update: `update notifications n
               set recipient = ''
               from page
               join boletos b on b.debt_id = page.id
               where n.boleto_id = b.id and n.batch_id = $1 and n.recipient <> ''`,
      values: [batchId, limit, ...keyOf(after, BEFORE_ALL_DEBTS)],
    }),

  /**
   * Blanks the debts' own names and addresses first, then the debtors that no other batch still in its retention period
   * names. The document becomes one that no person can have: a CPF and a CNPJ end in digits.
   */
  debtors: async (tx, batchId, after, limit) => {
    if (after !== 'debts done') {
      const debts = await blankRows(tx, limit, {
        page: PAGE_OF_DEBTS,
        key: KEY_OF_DEBTS,
        update: `update debts d
                 set payer_name = null, email = $6
                 from page
                 where d.id = page.id and d.email <> $6`,
        values: [batchId, limit, ...keyOf(after, BEFORE_ALL_DEBTS), EMAIL_REMOVED],
      });
      return { rows: debts.rows, next: debts.next ?? 'debts done' };
    }
    if (!(await keepPartsOut(tx, batchId))) return undefined;
    const [, debtors]: [unknown[], number] = await tx.query(
      `update debtors p
       set name = $3, address = null, document = left('Z' || upper(to_hex(p.id)), 13) || 'Z'
       from (
         select distinct d.debtor_id as id
         from debts d
         join debtors own on own.id = d.debtor_id and own.name <> $3
         where d.batch_id = $1
           and not exists (
             select 1
             from debts other
             join batches b on b.id = other.batch_id
             where other.debtor_id = d.debtor_id and other.batch_id <> $1 and b.debtors_blanked_at is null
           )
         limit $2
       ) page
       where p.id = page.id`,
      [batchId, limit, NAME_REMOVED],
    );
    return { rows: debtors, next: debtors < limit ? undefined : 'debts done' };
  },
};

/**
 * Each debt has a line of its own, but no constraint says so. The id in the key keeps a page from ending between two
 * debts of one line.
 */
const PAGE_OF_DEBTS = `
  select id, chunk_no, line
  from debts
  where batch_id = $1 and (chunk_no, line, id) > ($3, $4, $5)
  order by chunk_no, line, id
  limit $2`;
const KEY_OF_DEBTS = ['chunk_no', 'line', 'id'] as const;
const BEFORE_ALL_DEBTS = [-1, 0, 0] as const;

function keyOf(after: Place | undefined, beforeAll: readonly number[]): readonly number[] {
  return after === undefined || after === 'debts done' ? beforeAll : after;
}

interface Rows {
  /** Selects the rows to look at, in the order of the key. */
  readonly page: string;
  readonly key: readonly string[];
  /** Blanks the rows of the page that are not blank yet. */
  readonly update: string;
  readonly values: readonly unknown[];
}

async function blankRows(tx: EntityManager, limit: number, { page, key, update, values }: Rows): Promise<Page> {
  const rows: { read: number; blanked: number; last: readonly number[] | null }[] = await tx.query(
    `with page as materialized (${page}), blanked as (${update} returning 1)
     select (select count(*)::int from page) as read, (select count(*)::int from blanked) as blanked,
            (select jsonb_build_array(${key.join(', ')})
             from page
             order by ${key.map((column) => `${column} desc`).join(', ')}
             limit 1) as last`,
    [...values],
  );
  const [{ read, blanked, last } = { read: 0, blanked: 0, last: null }] = rows;
  return { rows: blanked, next: read < limit ? undefined : (last ?? undefined) };
}

/**
 * False while a part of another batch of the issuer is in hand, because it may be about to store a debt of a debtor
 * that no other batch names. Later parts wait for this transaction, and then find that the debtor is already another
 * one.
 *
 * The issuer's row is locked before the batches are listed. An upload refers to that row and a replay shares it, both
 * until commit: so no batch becomes open after the list was read.
 */
async function keepPartsOut(tx: EntityManager, batchId: string): Promise<boolean> {
  const locked: unknown[] = await tx.query(
    `select 1
     from issuers
     where id = (select issuer_id from batches where id = $1)
     -- Not waited for: a replay that shares it may wait for the batch that is held here. The issuer's turn comes in a later round.
     for update skip locked`,
    [batchId],
  );
  if (locked.length === 0) return false;
  const open: { id: string }[] = await tx.query(
    `select o.id
     from batches o
     join batches b on b.issuer_id = o.issuer_id
     where b.id = $1 and o.status in ('received', 'splitting', 'processing')`,
    [batchId],
  );
  return await tryCloseBatchDoors(
    tx,
    open.map(({ id }) => id),
  );
}

export interface ExpiredExport {
  readonly id: string;
  readonly storageKey: string | null;
}

/** An export whose file was finished more than so many days ago, outdated or not. Locked until the transaction ends. */
export async function lockExpiredExport(tx: EntityManager, days: number): Promise<ExpiredExport | undefined> {
  const rows: ExpiredExport[] = await tx.query(
    `select id, storage_key as "storageKey"
     from exports
     where completed_at < now() - make_interval(days => $1)
     order by completed_at
     limit 1
     -- An export in another relay's hands is being removed there, or is found again by the next round.
     for update skip locked`,
    [days],
  );
  return rows[0];
}

/** Removes the export, so that a new request makes a new one. */
export async function deleteExport(tx: EntityManager, id: string): Promise<void> {
  await tx.query('delete from export_parts where export_id = $1', [id]);
  await tx.query('delete from exports where id = $1', [id]);
}
