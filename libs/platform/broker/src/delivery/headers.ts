import type { MessageProperties } from 'amqplib';
import type { FailureClass } from '#contracts';
import type { ErrorDescription } from './describe-error.ts';

/**
 * The contents of our own headers. Attempts are never counted by `x-death`, because RabbitMQ 4 ignores it on republish.
 */
export interface DeliveryHeaders {
  /** Undefined when the sender gave none or an invalid UUID. Such a message cannot be told from its repeat. */
  readonly messageId: string | undefined;
  /** 1 at the first delivery. */
  readonly attempt: number;
  /** Milliseconds since the epoch. */
  readonly publishedAt: number | undefined;
  /** ISO instant of the first failure. */
  readonly firstFailedAt: string | undefined;
  /** The latest failures, oldest first. */
  readonly failures: readonly Failure[];
}

/** One failed attempt. */
interface Failure {
  readonly attempt: number;
  /** ISO instant. */
  readonly at: string;
  readonly reason: string;
}

/** The most failures in a header, because a postponed message may fail without limit. */
const FAILURES_MAX = 10;
const FAILURE_REASON_CHARS_MAX = 300;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Reads the headers of any message. Invalid values of a foreign sender are ignored. */
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
    failures: readFailures(headers?.['x-failures']),
  };
}

function readFailures(text: unknown): readonly Failure[] {
  if (typeof text !== 'string') return [];
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.filter(isFailure) : [];
  } catch {
    return [];
  }
}

function isFailure(value: unknown): value is Failure {
  return (
    typeof value === 'object' &&
    value !== null &&
    'attempt' in value &&
    typeof value.attempt === 'number' &&
    'at' in value &&
    typeof value.at === 'string' &&
    'reason' in value &&
    typeof value.reason === 'string'
  );
}

/** The headers of a message that is sent on after a failure. */
export function deliveryHeaders(
  before: DeliveryHeaders,
  after: {
    attempt: number;
    reason: string;
    error: ErrorDescription | undefined;
    /** Set for a dead letter. */
    failureClass?: FailureClass;
    queue?: string;
  },
): Record<string, unknown> {
  const at = new Date().toISOString();
  const failure: Failure = { attempt: before.attempt, at, reason: after.reason.slice(0, FAILURE_REASON_CHARS_MAX) };
  return {
    'x-attempt': after.attempt,
    'x-first-failed-at': before.firstFailedAt ?? at,
    'x-failures': JSON.stringify([...before.failures, failure].slice(-FAILURES_MAX)),
    'x-reason': after.reason.slice(0, 1_000),
    ...(after.error === undefined ? {} : { 'x-error': JSON.stringify(after.error) }),
    ...(after.failureClass === undefined ? {} : { 'x-failure-class': after.failureClass }),
    ...(after.queue === undefined ? {} : { 'x-queue': after.queue }),
  };
}
