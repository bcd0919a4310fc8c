import type { EntityManager } from 'typeorm';
import { tryCloseBatchDoors } from '#accounting';

/** What the retention blanks of a batch, and the column of batches that says when it did. */
const MARKS = {
  rejections: 'rejections_blanked_at',
  recipients: 'recipients_blanked_at',
  debtors: 'debtors_blanked_at',
} as const;

export type Blanked = keyof typeof MARKS;

/** Stand for a person who was removed; neither is anybody's. */
const NAME_REMOVED = 'Titular removido';
const EMAIL_REMOVED = 'removido@invalid';

/**
 * The oldest batch that ended and was received so many days ago, that still holds what is to be blanked, and that no open dead
 * letter is about: its replay may need it. Locked, so that no replay opens it again meanwhile.
 */
export async function lockToBlank(tx: EntityManager, what: Blanked, days: number): Promise<string | undefined> {
  const rows: { id: string }[] = await tx.query(
    `select b.id
     from batches b
     where b.${MARKS[what]} is null
       and b.received_at < now() - make_interval(days => $1)
       and b.status in ('completed', 'completed_with_rejections', 'failed', 'cancelled')
       and not exists (select 1 from dead_letters l where l.batch_id = b.id and l.status = 'open')
     order by b.received_at
     limit 1
     -- A batch that is in another transaction's hands is being replayed or blanked: its turn comes in a later round.
     for update of b skip locked`,
    [days],
  );
  return rows[0]?.id;
}

export async function markBlanked(tx: EntityManager, what: Blanked, batchId: string): Promise<void> {
  await tx.query(`update batches set ${MARKS[what]} = now() where id = $1`, [batchId]);
}

/** Undefined when it cannot be done now: its turn comes in a later round. */
type Page = (tx: EntityManager, batchId: string, limit: number) => Promise<number | undefined>;

/** Blanks at most `limit` rows of a batch and says how many. Every row stays, and so does every sum. */
export const blankPage: Readonly<Record<Blanked, Page>> = {
  rejections: async (tx, batchId, limit) => {
    const [, blanked]: [unknown[], number] = await tx.query(
      `update rejections r
       set raw = '',
           problems = (select jsonb_agg(problem || '{"value": null}' order by place)
                       from jsonb_array_elements(r.problems) with ordinality as p (problem, place))
       from (select line from rejections where batch_id = $1 and raw <> '' order by line limit $2) page
       where r.batch_id = $1 and r.line = page.line`,
      [batchId, limit],
    );
    return blanked;
  },

  recipients: async (tx, batchId, limit) => {
    const [, blanked]: [unknown[], number] = await tx.query(
      `update notifications n
       set recipient = ''
       from (select boleto_id, kind from notifications where batch_id = $1 and recipient <> '' limit $2) page
       where n.boleto_id = page.boleto_id and n.kind = page.kind`,
      [batchId, limit],
    );
    return blanked;
  },

  /**
   * The debts' own name and address first, then the debtors that no other batch within its days names. A document becomes one
   * that no person can have: a CPF and a CNPJ end in digits.
   */
  debtors: async (tx, batchId, limit) => {
    const [, debts]: [unknown[], number] = await tx.query(
      `update debts d
       set payer_name = null, email = $3
       from (select id from debts where batch_id = $1 and email <> $3 limit $2) page
       where d.id = page.id`,
      [batchId, limit, EMAIL_REMOVED],
    );
    if (debts > 0) return debts;
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
    return debtors;
  },
};

/**
 * False while a part of another batch of the issuer is in hand: it may be about to store a debt of a debtor whom no
 * other batch names. Later parts wait for this transaction, and find that the debtor is another one by then.
 */
async function keepPartsOut(tx: EntityManager, batchId: string): Promise<boolean> {
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

/** An export whose file was finished so many days ago, outdated or not. Locked until the transaction ends. */
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

/** Asking again then makes a new one. */
export async function deleteExport(tx: EntityManager, id: string): Promise<void> {
  await tx.query('delete from export_parts where export_id = $1', [id]);
  await tx.query('delete from exports where id = $1', [id]);
}
