import { checkMessage, messageNames, type Message, type MessageName } from '#contracts';
import { sql, type Db, type Tx } from '#database';

/** Publishes when, and only when, the caller's transaction commits. The relay does the sending. */
export async function enqueue<N extends MessageName>(
  tx: Tx,
  name: N,
  message: Message<N>,
  options: { readonly delayMs?: number } = {},
): Promise<void> {
  await enqueueAll(tx, name, [message], options);
}

const ENQUEUE_ALL = sql`
  insert into outbox (name, body, available_at)
  select ${'name'}, body, now() + make_interval(secs => ${'delayMs'}::double precision / 1000)
  from unnest(${'bodies'}::jsonb[]) as body`;

/** `enqueue` for many messages of one name, in one statement. */
export async function enqueueAll<N extends MessageName>(
  tx: Tx,
  name: N,
  messages: readonly Message<N>[],
  { delayMs = 0 }: { readonly delayMs?: number } = {},
): Promise<void> {
  if (messages.length === 0) return;
  await ENQUEUE_ALL.run(tx, {
    name,
    bodies: messages.map((message) => JSON.stringify(checkMessage(name, message))),
    delayMs,
  });
}

/** One message, of any name. */
export type AnyMessage = {
  readonly [N in MessageName]: { readonly name: N; readonly message: Message<N> };
}[MessageName];

const ENQUEUE_EACH = sql`
  insert into outbox (message_id, name, body, available_at)
  select message_id, name, body, now() + make_interval(secs => delay_ms / 1000)
  from unnest(${'messageIds'}::uuid[], ${'names'}::text[], ${'bodies'}::jsonb[], ${'delayMs'}::double precision[]) as t (message_id, name, body, delay_ms)`;

/** `enqueue` for messages of several names, each with an id that is known beforehand and a delay of its own. */
export async function enqueueEach(
  tx: Tx,
  messages: readonly (AnyMessage & { readonly messageId: string; readonly delayMs: number })[],
): Promise<void> {
  if (messages.length === 0) return;
  await ENQUEUE_EACH.run(tx, {
    messageIds: messages.map(({ messageId }) => messageId),
    names: messages.map(({ name }) => name),
    bodies: messages.map(({ name, message }) => JSON.stringify(checkMessage(name, message))),
    delayMs: messages.map(({ delayMs }) => delayMs),
  });
}

export interface OutboxRow {
  readonly id: string;
  readonly messageId: string;
  readonly name: string;
  /** JSON text, exactly as it is published. */
  readonly body: string;
}

const CLAIM_OUTBOX = sql.returning({ id: 'int8', messageId: 'uuid', name: 'text', body: 'text' })`
  select id, message_id as "messageId", name, body::text as body
  from outbox
  where available_at <= now() and name = any(${'messageNames'}::text[])
  order by available_at, id
  limit ${'limit'}
  -- Another relay publishes it, and deletes it or lets go of it: whichever it is, a later round sees.
  for update skip locked`;

/**
 * Rows that are due, locked for this transaction. SKIP LOCKED lets several relays share the table; there is no
 * cursor on purpose: sequence order is not commit order, and `id > last` would skip rows for ever. A message that this
 * version does not know is left for a relay that does: it must not hold up the others.
 */
export async function claimOutbox(tx: Tx, limit: number): Promise<readonly OutboxRow[]> {
  return await CLAIM_OUTBOX.rows(tx, { limit, messageNames });
}

const DELETE_FROM_OUTBOX = sql`delete from outbox where id = any(${'ids'}::bigint[])`;

export async function deleteFromOutbox(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await DELETE_FROM_OUTBOX.run(tx, { ids });
}

const OUTBOX_DEPTH = sql.returning({ pending: 'int8', oldest: 'float8?' })`
  select count(*) as pending, extract(epoch from now() - min(available_at))::double precision as oldest from outbox`;

/** How much waits to be published, and for how long the oldest has been due. */
export async function outboxDepth(db: Db): Promise<{ readonly pending: number; readonly oldestSeconds: number }> {
  const rows = await OUTBOX_DEPTH.rows(db);
  return { pending: Number(rows[0]?.pending ?? 0), oldestSeconds: Math.max(0, rows[0]?.oldest ?? 0) };
}
