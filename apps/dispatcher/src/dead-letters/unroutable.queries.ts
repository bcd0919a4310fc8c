import type { EntityManager } from 'typeorm';

/**
 * The very message that was published once, id and all; one that waits there already waits from now on. The relay that
 * published it may still hold its row, about to delete it: an update waits for the end of that transaction and inserts
 * when the row is gone, where `do nothing` would rely on the row that goes and lose the message.
 */
export async function enqueueAgain(
  tx: EntityManager,
  message: { readonly messageId: string; readonly name: string; readonly body: string; readonly delayMs: number },
): Promise<void> {
  await tx.query(
    `insert into outbox (message_id, name, body, available_at)
     values ($1, $2, $3, now() + make_interval(secs => $4::double precision / 1000))
     on conflict (message_id) do update set available_at = excluded.available_at`,
    [message.messageId, message.name, message.body, message.delayMs],
  );
}
