import { topology } from '#contracts';
import { sql, type Db, type Tx } from '#database';

const PURGE_INBOX = sql`
  delete from inbox
  where (queue, message_id) in (
    select queue, message_id
    from inbox
    where processed_at < now() - make_interval(days => ${'days'})
    order by processed_at
    limit ${'limit'}
    -- Another relay is deleting it, or a repeat is looking at it: the next round is in ten minutes.
    for update skip locked
  )`;

/** Deletes at most `limit` inbox rows older than so many days, and returns how many. */
export async function purgeInbox(tx: Tx, days: number, limit: number): Promise<number> {
  const deleted = await PURGE_INBOX.count(tx, { days, limit });
  return deleted;
}

/** Every bucket of one caller (`uploads:<key>`) is full again after a day. One for all, such as that of SMTP, stays. */
const BUCKET_DAYS = 2;

const PURGE_BUCKETS = sql`
  delete from token_buckets
  where name in (
    select name
    from token_buckets
    where position(':' in name) > 0 and empty_at < now() - make_interval(days => ${'days'})
    limit ${'limit'}
    -- A request is being counted: then it is not full.
    for update skip locked
  )`;

/** Deletes at most `limit` buckets of callers that have not come for days, and returns how many. */
export async function purgeBuckets(tx: Tx, limit: number): Promise<number> {
  return await PURGE_BUCKETS.count(tx, { days: BUCKET_DAYS, limit });
}

const PURGE_DEAD_LETTERS = sql`
  delete from dead_letters
  where id in (
    select id
    from dead_letters
    where settled_at < now() - make_interval(days => ${'days'})
    order by settled_at
    limit ${'limit'}
    -- A replay or restore holds it: it may not be settled any more.
    for update skip locked
  )`;

/**
 * Deletes dead letters that were replayed or discarded more than so many days ago. An open one waits for a person
 * without limit.
 */
export async function purgeDeadLetters(tx: Tx, days: number, limit: number): Promise<number> {
  const deleted = await PURGE_DEAD_LETTERS.count(tx, { days, limit });
  return deleted;
}

export interface ExpiredUpload {
  readonly batchId: string;
  readonly storageKey: string;
}

const LOCK_EXPIRED_UPLOAD = sql.returning({ batchId: 'uuid', storageKey: 'text' })`
  select b.id as "batchId", b.storage_key as "storageKey"
  from batches b
  where b.file_removed_at is null
    and b.received_at < now() - make_interval(days => ${'days'})
    and b.status in ('completed', 'completed_with_rejections', 'failed', 'cancelled')
    and not exists (select 1 from dead_letters l where l.batch_id = b.id and l.status = 'open')
  order by b.received_at
  limit 1
  -- A replay is opening it again, or another relay removes it: the next round looks again.
  for update of b skip locked`;

/**
 * An ended batch that was received more than so many days ago and whose file is still kept. Batches with an open dead
 * letter are left out, because a replay may need the file. Locked until the transaction ends, so that no replay opens
 * the batch again meanwhile.
 */
export async function lockExpiredUpload(tx: Tx, days: number): Promise<ExpiredUpload | undefined> {
  const rows = await LOCK_EXPIRED_UPLOAD.rows(tx, { days });
  return rows[0];
}

const SET_FILE_REMOVED = sql`update batches set file_removed_at = now() where id = ${'batchId'}`;

export async function setFileRemoved(tx: Tx, batchId: string): Promise<void> {
  await SET_FILE_REMOVED.run(tx, { batchId });
}

const FIND_UPLOADS = sql.returning({
  storage_key: 'text',
})`select storage_key from batches where id = any(${'batchIds'}::uuid[])`;

/** Returns those of the storage keys that a batch refers to. The key of an upload contains the id of its batch. */
export async function findUploads(db: Db, uploads: readonly ExpiredUpload[]): Promise<ReadonlySet<string>> {
  const rows = await FIND_UPLOADS.rows(db, { batchIds: uploads.map(({ batchId }) => batchId) });
  return new Set(rows.map((row) => row.storage_key));
}

const BURY_UNKNOWN_MESSAGES = sql.returning({ id: 'int8' })`
  with gone as (
    delete from outbox
    where id in (
      select id
      from outbox
      where available_at < now() - make_interval(hours => ${'hours'}) and name <> all(${'known'}::text[])
      order by available_at
      limit ${'limit'}
      -- Another relay is moving it.
      for update skip locked
    )
    returning message_id, name, body
  ), reason as (
    select message_id, name, body, 'no relay publishes messages of the name ' || name as reason
    from gone
  )
  insert into dead_letters (queue, message_id, message_name, body, headers, reason, fingerprint)
  select ${'unroutable'}, message_id, name, convert_to(body::text, 'UTF8'), '{}', reason,
         left(encode(sha256(convert_to(${'unroutable'} || ' ' || reason, 'UTF8')), 'hex'), 16)
  from reason
  returning id`;

/**
 * Moves at most `limit` messages that no relay of this version can publish from the outbox to the dead letters, and
 * returns how many. Only messages that are overdue by so many hours are moved, because during the roll-out of a new
 * version its own relays publish them.
 */
export async function buryUnknownMessages(
  tx: Tx,
  { known, hours, limit }: { readonly known: readonly string[]; readonly hours: number; readonly limit: number },
): Promise<number> {
  const buried = await BURY_UNKNOWN_MESSAGES.rows(tx, {
    known,
    hours,
    limit,
    unroutable: topology.exchanges.unroutable,
  });
  return buried.length;
}
