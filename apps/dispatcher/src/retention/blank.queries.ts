import { tryCloseBatchDoors } from '#batches';
import { EMAIL_REMOVED, NAME_REMOVED } from '#contracts';
import { column, fragment, list, sql, type Fragment, type RowOf, type Tx } from '#database';

/** The kinds of data that retention blanks in a batch. */
export type Blanked = 'rejections' | 'recipients' | 'debtors';

export interface BatchToBlank {
  readonly id: string;
  readonly issuerId: string;
  /** A stamp that changes with each change of the batch: after a replay it may have new rows. */
  readonly version: string;
}

const TO_BLANK = { id: 'uuid', issuerId: 'uuid', version: 'text' } as const;

/** The statement for a column of batches that says when the batch was blanked. */
function toBlank(mark: Fragment) {
  return fragment`
    select b.id, b.issuer_id as "issuerId", b.xmin::text as version
    from batches b
    where b.${mark} is null
      and b.received_at < now() - make_interval(days => ${'days'})
      and b.status in ('completed', 'completed_with_rejections', 'failed', 'cancelled')
      and b.issuer_id <> all(${'issuersBut'}::uuid[])
      and not exists (select 1 from dead_letters l where l.batch_id = b.id and l.status = 'open')
    order by b.received_at
    limit 1
    -- A batch that is in another transaction's hands is being replayed or blanked: its turn comes in a later round.
    for update of b skip locked`;
}

const LOCK_TO_BLANK = {
  rejections: sql.returning(TO_BLANK)`${toBlank(fragment`rejections_blanked_at`)}`,
  recipients: sql.returning(TO_BLANK)`${toBlank(fragment`recipients_blanked_at`)}`,
  debtors: sql.returning(TO_BLANK)`${toBlank(fragment`debtors_blanked_at`)}`,
};

/**
 * The oldest ended batch that was received more than so many days ago and still holds data to blank. Batches with an
 * open dead letter are left out, because a replay may need the data. Locked, so that no replay opens the batch again
 * meanwhile. @param issuersBut issuers whose batches are left for a later round
 */
export async function lockToBlank(
  tx: Tx,
  what: Blanked,
  days: number,
  issuersBut: ReadonlySet<string>,
): Promise<BatchToBlank | undefined> {
  return await LOCK_TO_BLANK[what].row(tx, { days, issuersBut: [...issuersBut] });
}

const MARK_BLANKED = {
  rejections: sql`update batches set rejections_blanked_at = now() where id = ${'batchId'}`,
  recipients: sql`update batches set recipients_blanked_at = now() where id = ${'batchId'}`,
  debtors: sql`update batches set debtors_blanked_at = now() where id = ${'batchId'}`,
};

export async function markBlanked(tx: Tx, what: Blanked, batchId: string): Promise<void> {
  await MARK_BLANKED[what].run(tx, { batchId });
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
type Blank = (tx: Tx, batchId: string, after: Place | undefined, limit: number) => Promise<Page | undefined>;

const BLANKED_ROWS = { read: 'int4', blanked: 'int4', last: column<readonly number[] | null>('jsonb') } as const;

function blankedRows<Name extends string>(page: Fragment<Name>, key: readonly Fragment[], update: Fragment<Name>) {
  return fragment`
  with page as materialized (${page}), blanked as (${update} returning 1)
  select (select count(*)::int from page) as read, (select count(*)::int from blanked) as blanked,
         (select jsonb_build_array(${list(key)})
          from page
          order by ${list(key.map((name) => fragment`${name} desc`))}
          limit 1) as last`;
}

/**
 * Each debt has a line of its own, but no constraint says so. The id in the key keeps a page from ending between two
 * debts of one line.
 */
const PAGE_OF_DEBTS = fragment`
  select id, chunk_no, line
  from debts
  where batch_id = ${'batchId'} and (chunk_no, line, id) > (${'afterChunkNo'}, ${'afterLine'}, ${'afterId'})
  order by chunk_no, line, id
  limit ${'limit'}`;
const KEY_OF_DEBTS = [fragment`chunk_no`, fragment`line`, fragment`id`];

const BLANK_REJECTIONS = sql.returning(BLANKED_ROWS)`${blankedRows(
  fragment`
    select line from rejections where batch_id = ${'batchId'} and line > ${'afterLine'} order by line limit ${'limit'}`,
  [fragment`line`],
  fragment`
    update rejections r
    set raw = '',
        problems = (select jsonb_agg(problem || '{"value": null}' order by place)
                    from jsonb_array_elements(r.problems) with ordinality as p (problem, place))
    from page
    where r.batch_id = ${'batchId'} and r.line = page.line and r.raw <> ''`,
)}`;

const BLANK_RECIPIENTS = sql.returning(BLANKED_ROWS)`${blankedRows(
  PAGE_OF_DEBTS,
  KEY_OF_DEBTS,
  fragment`
    update notifications n
    set recipient = ''
    from page
    join boletos b on b.debt_id = page.id
    where n.boleto_id = b.id and n.batch_id = ${'batchId'} and n.recipient <> ''`,
)}`;

const BLANK_DEBTS = sql.returning(BLANKED_ROWS)`${blankedRows(
  PAGE_OF_DEBTS,
  KEY_OF_DEBTS,
  fragment`
    update debts d
    set payer_name = null, email = ${'emailRemoved'}
    from page
    where d.id = page.id and d.email <> ${'emailRemoved'}`,
)}`;

const BLANK_DEBTORS = sql`
  update debtors p
  set name = ${'nameRemoved'}, address = null, document = left('Z' || upper(to_hex(p.id)), 13) || 'Z'
  from (
    select distinct d.debtor_id as id
    from debts d
    join debtors own on own.id = d.debtor_id and own.name <> ${'nameRemoved'}
    where d.batch_id = ${'batchId'}
      and not exists (
        select 1
        from debts other
        join batches b on b.id = other.batch_id
        where other.debtor_id = d.debtor_id and other.batch_id <> ${'batchId'} and b.debtors_blanked_at is null
      )
    limit ${'limit'}
  ) page
  where p.id = page.id`;

/** Blanks at most `limit` rows of a batch, from `after` on. Every row and every sum stays. */
export const blankPage: Readonly<Record<Blanked, Blank>> = {
  rejections: async (tx, batchId, after, limit) => {
    const [afterLine = 0] = keyOf(after);
    return pageOf(limit, await BLANK_REJECTIONS.row(tx, { batchId, limit, afterLine }));
  },

  recipients: async (tx, batchId, after, limit) =>
    pageOf(limit, await BLANK_RECIPIENTS.row(tx, { batchId, limit, ...keyOfDebts(after) })),

  /**
   * Blanks the debts' own names and addresses first, then the debtors that no other batch still in its retention period
   * names. The document becomes one that no person can have: a CPF and a CNPJ end in digits.
   */
  debtors: async (tx, batchId, after, limit) => {
    if (after !== 'debts done') {
      const values = { batchId, limit, ...keyOfDebts(after), emailRemoved: EMAIL_REMOVED };
      const debts = pageOf(limit, await BLANK_DEBTS.row(tx, values));
      return { rows: debts.rows, next: debts.next ?? 'debts done' };
    }
    if (!(await keepPartsOut(tx, batchId))) return undefined;
    const debtors = await BLANK_DEBTORS.count(tx, { batchId, limit, nameRemoved: NAME_REMOVED });
    return { rows: debtors, next: debtors < limit ? undefined : 'debts done' };
  },
};

function keyOf(after: Place | undefined): readonly number[] {
  return after === undefined || after === 'debts done' ? [] : after;
}

function keyOfDebts(after: Place | undefined) {
  const [afterChunkNo = -1, afterLine = 0, afterId = 0] = keyOf(after);
  return { afterChunkNo, afterLine, afterId };
}

function pageOf(limit: number, row: RowOf<typeof BLANK_DEBTS> | undefined): Page {
  const { read, blanked, last } = row ?? { read: 0, blanked: 0, last: null };
  return { rows: blanked, next: read < limit ? undefined : (last ?? undefined) };
}

const SELECT_BATCHES = sql.returning({ id: 'uuid' })`
  select o.id
  from batches o
  join batches b on b.issuer_id = o.issuer_id
  where b.id = ${'batchId'} and o.status in ('received', 'splitting', 'processing')`;

const LOCK_ISSUERS = sql`
  select 1
  from issuers
  where id = (select issuer_id from batches where id = ${'batchId'})
  -- Not waited for: a replay that shares it may wait for the batch that is held here. The issuer's turn comes in a later round.
  for update skip locked`;

/**
 * False while a part of another batch of the issuer is in hand, because it may be about to store a debt of a debtor
 * that no other batch names. Later parts wait for this transaction, and then find that the debtor is already another
 * one. The issuer's row is locked before the batches are listed. An upload refers to that row and a replay shares it,
 * both until commit: so no batch becomes open after the list was read.
 */
async function keepPartsOut(tx: Tx, batchId: string): Promise<boolean> {
  const locked = await LOCK_ISSUERS.rows(tx, { batchId });
  if (locked.length === 0) return false;
  const open = await SELECT_BATCHES.rows(tx, { batchId });
  return await tryCloseBatchDoors(
    tx,
    open.map(({ id }) => id),
  );
}

export interface ExpiredExport {
  readonly id: string;
  readonly storageKey: string | null;
}

const LOCK_EXPIRED_EXPORT = sql.returning({ id: 'uuid', storageKey: 'text?' })`
  select id, storage_key as "storageKey"
  from exports
  where completed_at < now() - make_interval(days => ${'days'})
  order by completed_at
  limit 1
  -- An export in another relay's hands is being removed there, or is found again by the next round.
  for update skip locked`;

/** An export whose file was finished more than so many days ago, outdated or not. Locked until the transaction ends. */
export async function lockExpiredExport(tx: Tx, days: number): Promise<ExpiredExport | undefined> {
  const rows = await LOCK_EXPIRED_EXPORT.rows(tx, { days });
  return rows[0];
}

const DELETE_EXPORTS = sql`delete from exports where id = ${'id'}`;

const DELETE_EXPORT_PARTS = sql`delete from export_parts where export_id = ${'id'}`;

/** Removes the export, so that a new request makes a new one. */
export async function deleteExport(tx: Tx, id: string): Promise<void> {
  await DELETE_EXPORT_PARTS.run(tx, { id });
  await DELETE_EXPORTS.run(tx, { id });
}
