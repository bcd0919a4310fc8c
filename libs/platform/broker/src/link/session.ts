import type { Channel } from 'amqplib';
import type { LiveConnection } from './link.ts';

/**
 * Silence after which a consumer is renewed. When a queue is deleted and declared again at once, RabbitMQ 3.10 keeps
 * the consumers of the old queue, and the messages delivered to them are lost on the way. They receive nothing, and
 * until `consumer_timeout` no other consumer does. It is not visible from outside (the queue has a consumer and no
 * ready message), but a new channel ends it.
 */
export const RENEW_AFTER_SILENCE_MS = 15_000;
/** A renewed consumer that gets redelivered messages within this time proves that its predecessor missed them. */
const DEAF_EVIDENCE_MS = 5_000;

/** A channel with at most one consumer, and what is known about it. */
export interface Session {
  readonly channel: Channel;
  readonly lost: AbortController;
  /** Undefined while paused. */
  consumerTag: string | undefined;
  /** Deliveries that are neither acknowledged nor handed back. */
  inHand: number;
  /** Time of its last received or settled message, by `performance.now()`. */
  heardAt: number;
  /** Time at which it replaced a silent consumer; undefined after its first delivery. */
  renewedAt: number | undefined;
  isGone: boolean;
}

/** Opens a channel. `renewedAt` is set when its consumer replaces a silent one. */
export async function openSession(connection: LiveConnection, renewedAt: number | undefined): Promise<Session> {
  const channel = await connection.whileOpen(connection.model.createChannel());
  const heardAt = performance.now();
  return { channel, lost: new AbortController(), consumerTag: undefined, inHand: 0, heardAt, renewedAt, isGone: false };
}

/** The remaining time for which it may be silent. With work in progress it is the full time. */
export function silenceLeftMs({ inHand, heardAt }: Session, silenceMsMax: number): number {
  return inHand > 0 ? silenceMsMax : Math.max(0, silenceMsMax - (performance.now() - heardAt));
}

/** Notes a delivery. Returns true if it proves that the consumer before this one was deaf. */
export function hear(session: Session, redelivered: boolean): boolean {
  const { renewedAt } = session;
  session.heardAt = performance.now();
  session.renewedAt = undefined;
  return renewedAt !== undefined && redelivered && session.heardAt - renewedAt < DEAF_EVIDENCE_MS;
}
