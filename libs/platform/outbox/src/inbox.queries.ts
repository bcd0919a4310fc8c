import type { EntityManager } from 'typeorm';

/**
 * Marks the message as processed, in the transaction that holds its effects. False if it was already.
 * A second delivery that runs at the same time waits here for the first to commit or roll back.
 */
export async function recordInInbox(tx: EntityManager, queue: string, messageId: string): Promise<boolean> {
  const rows: unknown[] = await tx.query(
    `insert into inbox (queue, message_id)
     values ($1, $2)
     -- Rows go only after INBOX_RETENTION_DAYS, longer than any message is on its way; one being inserted is waited for.
     on conflict do nothing
     returning message_id`,
    [queue, messageId],
  );
  return rows.length === 1;
}

/** Marks messages as processed whose effects others are about to have: what comes of them later does nothing. */
export async function recordAllInInbox(
  tx: EntityManager,
  messages: readonly { readonly queue: string; readonly messageId: string }[],
): Promise<void> {
  if (messages.length === 0) return;
  await tx.query(
    `insert into inbox (queue, message_id)
     select queue, message_id
     from unnest($1::text[], $2::uuid[]) as m (queue, message_id)
     -- In one order: of two that record some of the same, one waits for the other and not each for the other.
     order by queue, message_id
     -- One that is there is processed already; one being inserted is waited for.
     on conflict do nothing`,
    [messages.map(({ queue }) => queue), messages.map(({ messageId }) => messageId)],
  );
}

/** True if the message's effects are committed: spares the work before the transaction, decides nothing. */
export async function isInInbox(tx: EntityManager, queue: string, messageId: string): Promise<boolean> {
  const rows: unknown[] = await tx.query(`select 1 from inbox where queue = $1 and message_id = $2`, [
    queue,
    messageId,
  ]);
  return rows.length === 1;
}
