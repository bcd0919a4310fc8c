import type { ConsumeMessage } from 'amqplib';
import { deadQueue, isFailureClass, queueNames, topology, type FailureClass } from '#contracts';
import { readHeaders } from './headers.ts';

/** A message that is not retried automatically, stored for an operator. */
export interface DeadLetter {
  /** The work queue in which it failed. For parked and unroutable messages, the name of that queue. */
  readonly queue: string;
  readonly messageId: string | undefined;
  readonly messageName: string | undefined;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly reason: string;
  readonly failureClass: FailureClass;
  /** The thrown error in the form of `describeError`, if there was one. */
  readonly error: unknown;
  readonly attempts: number;
  readonly firstFailedAt: string | undefined;
}

/** Every queue that holds dead letters, each with its work queue. */
export const deadLetterSources: readonly { readonly from: string; readonly queue: string }[] = [
  ...queueNames.map((queue) => ({ from: deadQueue(queue), queue })),
  { from: topology.parkingQueue, queue: topology.parkingQueue },
  { from: topology.exchanges.unroutable, queue: topology.exchanges.unroutable },
];

/** Reads the headers that the consumer loop wrote, or the broker's own when the broker took the message out itself. */
export function readDeadLetter(queue: string, { content, properties }: ConsumeMessage): DeadLetter {
  const known = readHeaders(properties);
  const headers = properties.headers ?? {};
  const brokerReason: unknown = headers['x-first-death-reason'];
  const reason: unknown = headers['x-reason'];
  const origin: unknown = headers['x-queue'];
  const name: unknown = properties.type;
  const diedInBroker = brokerReason === 'delivery_limit';
  return {
    failureClass: diedInBroker ? 'crash' : classOf(headers),
    queue: typeof origin === 'string' ? origin : queue,
    messageId: known.messageId,
    messageName: typeof name === 'string' ? name : undefined,
    body: content,
    headers,
    reason: diedInBroker
      ? 'its workers died or were cut off too often (delivery limit)'
      : typeof reason === 'string'
        ? reason
        : 'no queue takes it',
    error: parseError(headers['x-error']),
    attempts: known.attempt,
    firstFailedAt: known.firstFailedAt,
  };
}

/**
 * The class of a dead letter. Letters of an older version have none; they only show whether the attempts were used up
 * or no queue was found.
 */
function classOf(headers: Readonly<Record<string, unknown>>): FailureClass {
  const given = headers['x-failure-class'];
  if (isFailureClass(given)) return given;
  return headers['x-cause'] === 'exhausted' ? 'unknown' : 'permanent';
}

function parseError(text: unknown): unknown {
  if (typeof text !== 'string') return null;
  try {
    return JSON.parse(text);
  } catch {
    return { message: text };
  }
}
