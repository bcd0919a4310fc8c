import { sql, type Db, type Tx } from '#database';

const RECORD_IN_INBOX = sql.returning({ message_id: 'uuid' })`
  insert into inbox (queue, message_id)
  values (${'queue'}, ${'messageId'})
  -- Rows go only after INBOX_RETENTION_DAYS, longer than any message is on its way; one being inserted is waited for.
  on conflict do nothing
  returning message_id`;

/**
 * Marks the message as processed, in the transaction that holds its effects. False if it was already.
 * A second delivery that runs at the same time waits here for the first to commit or roll back.
 */
export async function recordInInbox(tx: Tx, queue: string, messageId: string): Promise<boolean> {
  const rows = await RECORD_IN_INBOX.rows(tx, { queue, messageId });
  return rows.length === 1;
}

const RECORD_ALL_IN_INBOX = sql`
  insert into inbox (queue, message_id)
  select queue, message_id
  from unnest(${'queues'}::text[], ${'messageIds'}::uuid[]) as m (queue, message_id)
  -- In one order: of two that record some of the same, one waits for the other and not each for the other.
  order by queue, message_id
  -- One that is there is processed already; one being inserted is waited for.
  on conflict do nothing`;

/** Marks messages as processed whose effects others are about to have: what comes of them later does nothing. */
export async function recordAllInInbox(
  tx: Tx,
  messages: readonly { readonly queue: string; readonly messageId: string }[],
): Promise<void> {
  if (messages.length === 0) return;
  await RECORD_ALL_IN_INBOX.run(tx, {
    queues: messages.map(({ queue }) => queue),
    messageIds: messages.map(({ messageId }) => messageId),
  });
}

const IS_IN_INBOX = sql`select 1 from inbox where queue = ${'queue'} and message_id = ${'messageId'}`;

/** True if the message's effects are committed: spares the work before the transaction, decides nothing. */
export async function isInInbox(db: Db, queue: string, messageId: string): Promise<boolean> {
  const rows = await IS_IN_INBOX.rows(db, { queue, messageId });
  return rows.length === 1;
}
