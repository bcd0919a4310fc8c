import type { MessageProperties } from 'amqplib';
import type { ErrorDescription } from './describe-error.ts';
import type { DeathCause } from './settlement.ts';

/** What our own headers say. `x-death` is never read for counting: RabbitMQ 4 ignores it on republish. */
export interface DeliveryHeaders {
  /** Undefined when the sender gave none, or something that is no UUID: such a message cannot be told from its repeat. */
  readonly messageId: string | undefined;
  /** 1 at the first delivery. */
  readonly attempt: number;
  /** Milliseconds since the epoch. */
  readonly publishedAt: number | undefined;
  /** ISO instant of the first failure. */
  readonly firstFailedAt: string | undefined;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Headers of a stranger's message are read as far as they make sense. */
export function readHeaders({ messageId, headers }: MessageProperties): DeliveryHeaders {
  const id: unknown = messageId;
  const attempt: unknown = headers?.['x-attempt'];
  const publishedAt: unknown = headers?.['x-published-at'];
  const firstFailedAt: unknown = headers?.['x-first-failed-at'];
  return {
    messageId: typeof id === 'string' && UUID.test(id) ? id : undefined,
    attempt: typeof attempt === 'number' && Number.isInteger(attempt) && attempt >= 1 ? attempt : 1,
    publishedAt: typeof publishedAt === 'number' ? publishedAt : undefined,
    firstFailedAt: typeof firstFailedAt === 'string' ? firstFailedAt : undefined,
  };
}

/** The headers of a message that is handed on after a failure. */
export function deliveryHeaders(
  before: DeliveryHeaders,
  after: {
    attempt: number;
    reason: string;
    error: ErrorDescription | undefined;
    cause?: DeathCause;
    queue?: string;
  },
): Record<string, unknown> {
  return {
    'x-attempt': after.attempt,
    'x-first-failed-at': before.firstFailedAt ?? new Date().toISOString(),
    'x-reason': after.reason.slice(0, 1_000),
    ...(after.error === undefined ? {} : { 'x-error': JSON.stringify(after.error) }),
    ...(after.cause === undefined ? {} : { 'x-cause': after.cause }),
    ...(after.queue === undefined ? {} : { 'x-queue': after.queue }),
  };
}
