import { sql, type Tx } from '#database';

const ENQUEUE_AGAIN = sql`
  insert into outbox (message_id, name, body, available_at)
  values (${'messageId'}, ${'name'}, ${'body'}, now() + make_interval(secs => ${'delayMs'}::double precision / 1000))
  on conflict (message_id) do update set available_at = excluded.available_at`;

/**
 * The very message that was published once, id and all; one that waits there already waits from now on. The relay that
 * published it may still hold its row, about to delete it: an update waits for the end of that transaction and inserts
 * when the row is gone, where `do nothing` would rely on the row that goes and lose the message.
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
