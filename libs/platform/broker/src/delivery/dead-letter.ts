import type { ConsumeMessage } from 'amqplib';
import { deadQueue, queueNames, topology, isFailureClass, type FailureClass } from '#contracts';
import { readHeaders } from './headers.ts';

/** A message that will not be tried again by itself, as it is kept for a person to look at. */
export interface DeadLetter {
  /** The work queue it failed in; the parking or unroutable queue's own name for those. */
  readonly queue: string;
  readonly messageId: string | undefined;
  readonly messageName: string | undefined;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly reason: string;
  readonly failureClass: FailureClass;
  /** The error as `describeError` gives it, if one was thrown. */
  readonly error: unknown;
  readonly attempts: number;
  readonly firstFailedAt: string | undefined;
}

/** Every queue that holds dead letters, with the work queue each belongs to. */
export const deadLetterSources: readonly { readonly from: string; readonly queue: string }[] = [
  ...queueNames.map((queue) => ({ from: deadQueue(queue), queue })),
  { from: topology.parkingQueue, queue: topology.parkingQueue },
  { from: topology.exchanges.unroutable, queue: topology.exchanges.unroutable },
];

/** Reads what the consumer loop wrote into the headers, or what the broker says when it took the message out itself. */
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

/** What has no class died of an older version, which said only whether its attempts were used up, or found no queue. */
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
