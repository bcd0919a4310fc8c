import { sql, type Tx } from '#database';

const ENQUEUE_AGAIN = sql`
  insert into outbox (message_id, name, body, available_at)
  values (${'messageId'}, ${'name'}, ${'body'}, now() + make_interval(secs => ${'delayMs'}::double precision / 1000))
  on conflict (message_id) do update set available_at = excluded.available_at`;

/**
 * Puts the same message, with its id, back into the outbox. A row that is already there stays and waits from now on.
 * The relay that published the message may still hold its row and be about to delete it. An update waits for the end of
 * that transaction and inserts when the row is gone; `do nothing` would rely on the disappearing row and lose the
 * message.
 */
export async function enqueueAgain(
  tx: Tx,
  message: { readonly messageId: string; readonly name: string; readonly body: string; readonly delayMs: number },
): Promise<void> {
  await ENQUEUE_AGAIN.run(tx, {
    messageId: message.messageId,
    name: message.name,
    body: message.body,
    delayMs: message.delayMs,
  });
}
