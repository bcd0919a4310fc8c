import type { EntityManager } from 'typeorm';

/** Deletes at most `limit` inbox rows older than so many days, and says how many. */
export async function purgeInbox(tx: EntityManager, days: number, limit: number): Promise<number> {
  const [, deleted]: [unknown[], number] = await tx.query(
    `delete from inbox
     where (queue, message_id) in (
       select queue, message_id
       from inbox
       where processed_at < now() - make_interval(days => $1)
       order by processed_at
       limit $2
       for update skip locked
     )`,
    [days, limit],
  );
  return deleted;
}

/** The same for dead letters that were replayed or discarded so long ago; an open one waits for a person for ever. */
export async function purgeDeadLetters(tx: EntityManager, days: number, limit: number): Promise<number> {
  const [, deleted]: [unknown[], number] = await tx.query(
    `delete from dead_letters
     where id in (
       select id
       from dead_letters
       where settled_at < now() - make_interval(days => $1)
       order by settled_at
       limit $2
       for update skip locked
     )`,
    [days, limit],
  );
  return deleted;
}

export interface ExpiredUpload {
  readonly batchId: string;
  readonly storageKey: string;
}

/**
 * A batch that has ended and was received so many days ago, whose file is still kept and that no open dead letter is
 * about: it may need the file. Locked until the transaction ends, so that no replay opens it again meanwhile.
 */
export async function lockExpiredUpload(tx: EntityManager, days: number): Promise<ExpiredUpload | undefined> {
  const rows: ExpiredUpload[] = await tx.query(
    `select b.id as "batchId", b.storage_key as "storageKey"
     from batches b
     where b.file_removed_at is null
       and b.received_at < now() - make_interval(days => $1)
       and b.status in ('completed', 'completed_with_rejections', 'failed', 'cancelled')
       and not exists (select 1 from dead_letters l where l.batch_id = b.id and l.status = 'open')
     order by b.received_at
     limit 1
     for update of b skip locked`,
    [days],
  );
  return rows[0];
}

export async function setFileRemoved(tx: EntityManager, batchId: string): Promise<void> {
  await tx.query(`update batches set file_removed_at = now() where id = $1`, [batchId]);
}
