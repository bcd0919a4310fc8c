import type { EntityManager } from 'typeorm';
import { checkMessage, messageNames, type Message, type MessageName } from '#contracts';

/** Publishes when, and only when, the caller's transaction commits. The relay does the sending. */
export async function enqueue<N extends MessageName>(
  tx: EntityManager,
  name: N,
  message: Message<N>,
  options: { readonly delayMs?: number } = {},
): Promise<void> {
  await enqueueAll(tx, name, [message], options);
}

/** `enqueue` for many messages of one name, in one statement. */
export async function enqueueAll<N extends MessageName>(
  tx: EntityManager,
  name: N,
  messages: readonly Message<N>[],
  { delayMs = 0 }: { readonly delayMs?: number } = {},
): Promise<void> {
  if (messages.length === 0) return;
  await tx.query(
    `insert into outbox (name, body, available_at)
     select $1, body, now() + make_interval(secs => $3::double precision / 1000)
     from unnest($2::jsonb[]) as body`,
    [name, messages.map((message) => JSON.stringify(checkMessage(name, message))), delayMs],
  );
}

/** One message, of any name. */
export type AnyMessage = {
  readonly [N in MessageName]: { readonly name: N; readonly message: Message<N> };
}[MessageName];

/** `enqueue` for messages of several names, each with an id that is known beforehand and a delay of its own. */
export async function enqueueEach(
  tx: EntityManager,
  messages: readonly (AnyMessage & { readonly messageId: string; readonly delayMs: number })[],
): Promise<void> {
  if (messages.length === 0) return;
  await tx.query(
    `insert into outbox (message_id, name, body, available_at)
     select message_id, name, body, now() + make_interval(secs => delay_ms / 1000)
     from unnest($1::uuid[], $2::text[], $3::jsonb[], $4::double precision[]) as t (message_id, name, body, delay_ms)`,
    [
      messages.map(({ messageId }) => messageId),
      messages.map(({ name }) => name),
      messages.map(({ name, message }) => JSON.stringify(checkMessage(name, message))),
      messages.map(({ delayMs }) => delayMs),
    ],
  );
}

export interface OutboxRow {
  readonly id: string;
  readonly messageId: string;
  readonly name: string;
  /** JSON text, exactly as it is published. */
  readonly body: string;
}

/**
 * Rows that are due, locked for this transaction. SKIP LOCKED lets several relays share the table; there is no
 * cursor on purpose: sequence order is not commit order, and `id > last` would skip rows for ever. A message that this
 * version does not know is left for a relay that does: it must not hold up the others.
 */
export async function claimOutbox(tx: EntityManager, limit: number): Promise<readonly OutboxRow[]> {
  return await tx.query(
    `select id, message_id as "messageId", name, body::text as body
     from outbox
     where available_at <= now() and name = any($2::text[])
     order by available_at, id
     limit $1
     -- Another relay publishes it, and deletes it or lets go of it: whichever it is, a later round sees.
     for update skip locked`,
    [limit, messageNames],
  );
}

export async function deleteFromOutbox(tx: EntityManager, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.query(`delete from outbox where id = any($1::bigint[])`, [ids]);
}

/** How much waits to be published, and for how long the oldest has been due. */
export async function outboxDepth(
  tx: EntityManager,
): Promise<{ readonly pending: number; readonly oldestSeconds: number }> {
  const rows: { pending: string; oldest: number | null }[] = await tx.query(
    `select count(*) as pending, extract(epoch from now() - min(available_at))::double precision as oldest from outbox`,
  );
  return { pending: Number(rows[0]?.pending ?? 0), oldestSeconds: Math.max(0, rows[0]?.oldest ?? 0) };
}
