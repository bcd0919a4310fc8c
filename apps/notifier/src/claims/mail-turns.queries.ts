import type { ChunkPart } from '#contracts';
import { sql, type Db } from '#database';

/** An organization as the notifier knows it. */
export interface Sender {
  readonly organizationId: string;
  /** Its own limit of e-mails a day; null: the default. */
  readonly emailsPerDay: number | null;
}

/** A part of another organization, whose turn it is. */
export interface LentTurn {
  readonly sender: Sender;
  /** Its row in mail_parts. */
  readonly id: string;
  readonly part: ChunkPart;
}

export interface Turn {
  /** The organization of the message. */
  readonly own: Sender;
  /** Undefined when the turn is the message's own. */
  readonly lent: LentTurn | undefined;
}

const TAKE_TURN = sql.returning({
  own: 'uuid',
  own_emails: 'float8?',
  next: 'uuid',
  next_emails: 'float8?',
  id: 'int8?',
  batch_id: 'uuid?',
  chunk_no: 'int4?',
  from_line: 'int8?',
  to_line: 'int8?',
})`
  with own as (
    select organization_id from batches where id = ${'batchId'}
  ), waiting as (
    select organization_id from own
    union
    select distinct organization_id from mail_parts
  ), next as (
    select w.organization_id
    from waiting w
    left join mail_turns t on t.organization_id = w.organization_id
    order by t.taken_at nulls first, w.organization_id = (select organization_id from own) desc, w.organization_id
    limit 1
  ), taken as (
    insert into mail_turns (organization_id, taken_at)
    select organization_id, clock_timestamp() from next
    -- Two deliveries at once may take the same turn. Their claims divide the e-mails between them.
    on conflict (organization_id) do update set taken_at = excluded.taken_at
  )
  select o.organization_id as own, (a.limits ->> 'emails')::double precision as own_emails,
         n.organization_id as next, (b.limits ->> 'emails')::double precision as next_emails,
         p.id, p.batch_id, p.chunk_no, p.from_line, p.to_line
  from own o
  cross join next n
  join organizations a on a.id = o.organization_id
  join organizations b on b.id = n.organization_id
  left join lateral (
    select id, batch_id, chunk_no, from_line, to_line
    from mail_parts
    where organization_id = n.organization_id and n.organization_id <> o.organization_id
    order by id
    limit 1
  ) p on true`;

/**
 * Takes the turn of the organization that has waited longest: the one of the batch, or another one that has e-mails to
 * be sent. Undefined for an unknown batch.
 */
export async function takeTurn(db: Db, batchId: string): Promise<Turn | undefined> {
  const row = await TAKE_TURN.row(db, { batchId });
  if (row === undefined) return undefined;
  const own = { organizationId: row.own, emailsPerDay: row.own_emails };
  const { id, batch_id: batch, chunk_no: chunkNo, from_line: fromLine, to_line: toLine } = row;
  if (id === null || batch === null || chunkNo === null || fromLine === null) return { own, lent: undefined };
  const part = {
    batchId: batch,
    chunkNo,
    fromLine: Number(fromLine),
    toLine: toLine === null ? null : Number(toLine),
  };
  return { own, lent: { sender: { organizationId: row.next, emailsPerDay: row.next_emails }, id, part } };
}

const GIVE_TURN_BACK = sql`delete from mail_turns where organization_id = ${'organizationId'}`;

/** For a turn in which nothing was left to send: the organization has the next one. */
export async function giveTurnBack(db: Db, { organizationId }: Sender): Promise<void> {
  await GIVE_TURN_BACK.run(db, { organizationId });
}

const ADVANCE_LENT = sql`
  update mail_parts set from_line = greatest(from_line, ${'fromLine'}) where id = ${'id'}`;
const END_LENT = sql`delete from mail_parts where id = ${'id'}`;

/** Notes how far a part of another organization was sent; undefined: to its end. */
export async function advanceLent(db: Db, id: string, fromLine: number | undefined): Promise<void> {
  if (fromLine === undefined) await END_LENT.run(db, { id });
  else await ADVANCE_LENT.run(db, { id, fromLine });
}

const ADVANCE_OWN = sql`
  update mail_parts set from_line = greatest(from_line, ${'nextLine'})
  where batch_id = ${'batchId'} and chunk_no = ${'chunkNo'} and from_line <= ${'fromLine'}
    and to_line is not distinct from ${'toLine'}::bigint`;
const END_OWN = sql`
  delete from mail_parts
  where batch_id = ${'batchId'} and chunk_no = ${'chunkNo'} and from_line >= ${'fromLine'}
    and (${'toLine'}::bigint is null or to_line <= ${'toLine'})`;

/** The same for the part of the message. */
export async function advanceOwn(db: Db, part: ChunkPart, nextLine: number | undefined): Promise<void> {
  const { batchId, chunkNo, fromLine, toLine } = part;
  if (nextLine === undefined) await END_OWN.run(db, { batchId, chunkNo, fromLine, toLine });
  else await ADVANCE_OWN.run(db, { batchId, chunkNo, fromLine, toLine, nextLine });
}
