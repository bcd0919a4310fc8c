import { decodeMessage, type DecodedMessage, type Message, type MessageName } from './messages.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

interface QueueSpec {
  /** The message this queue is bound to: one queue, one consumer, one message. */
  readonly consumes: MessageName;
  /** Deliveries one process handles at once, unless its configuration says otherwise. */
  readonly concurrency: number;
  /**
   * For what may kill its worker: one delivery at a time whatever the configuration says, so that it takes no
   * neighbour with it, one rung of the ladder, and out after two deaths.
   */
  readonly alone?: true;
}

/**
 * The whole broker, as data. Code reads this; no code calls assertQueue by hand. docs/topology.md is generated from it.
 */
export const topology = {
  exchanges: {
    work: 'billing.work',
    retry: 'billing.retry',
    dead: 'billing.dead',
    /** Alternate exchange of the work exchange: what no binding wants ends in the queue of the same name. */
    unroutable: 'billing.unroutable',
  },
  queues: {
    'file-splitter.batches': { consumes: 'batch.received.v1', concurrency: 2 },
    'chunk-validator.chunks': { consumes: 'chunk.ready.v1', concurrency: 2 },
    'chunk-validator.suspects': { consumes: 'suspect.ready.v1', concurrency: 1, alone: true },
    'boleto-generator.chunks': { consumes: 'chunk.validated.v1', concurrency: 2 },
    'boleto-generator.suspects': { consumes: 'suspect.validated.v1', concurrency: 1, alone: true },
    'boleto-generator.exports': { consumes: 'export.requested.v1', concurrency: 1 },
    'boleto-generator.export-parts': { consumes: 'export.part.v1', concurrency: 2 },
    'boleto-generator.export-closings': { consumes: 'export.close.v1', concurrency: 1 },
    'notifier.chunks': { consumes: 'chunk.issued.v1', concurrency: 2 },
    'notifier.recipients': { consumes: 'notification.due.v1', concurrency: 5 },
  },
  /** Bodies that break their schema: kept as they came, looked at by a person, never looped. */
  parkingQueue: 'billing.parked',
  retryDelaysMs: [5 * SECOND_MS, 30 * SECOND_MS, 2 * MINUTE_MS, 10 * MINUTE_MS, 30 * MINUTE_MS],
  /**
   * The waits of a rung, as shares of its delay, because messages that failed together must not come back together.
   * Each is a queue, for a TTL belongs to a queue; the first rungs are enough, because what they have spread stays
   * spread.
   */
  retryLanes: { shares: [0.8, 1, 1.25], rungs: 2 },
  /** A message whose worker died this often is taken out by the broker itself (quorum queues count it). */
  deliveryLimit: 20,
  /** The same for a message that is tried alone: one repeat, for the worker that died of something else. */
  deliveryLimitAlone: 1,
} as const satisfies {
  exchanges: Record<string, string>;
  queues: Record<string, QueueSpec>;
  parkingQueue: string;
  retryDelaysMs: readonly number[];
  retryLanes: { readonly shares: readonly number[]; readonly rungs: number };
  deliveryLimit: number;
  deliveryLimitAlone: number;
};

export type QueueName = keyof (typeof topology)['queues'];
export type MessageNameOf<Q extends QueueName> = (typeof topology)['queues'][Q]['consumes'];
export type MessageOf<Q extends QueueName> = Message<MessageNameOf<Q>>;

/** `decodeMessage` for what `queue` consumes. */
export function decodeFor<Q extends QueueName>(queue: Q, body: Uint8Array): DecodedMessage<MessageNameOf<Q>> {
  return decodeMessage(topology.queues[queue].consumes, body) as DecodedMessage<MessageNameOf<Q>>;
}

/** Every work queue's name. */
export const queueNames = Object.keys(topology.queues) as readonly QueueName[];

/** True for a queue whose messages are tried one at a time. */
export function isAlone(queue: QueueName): boolean {
  const spec: QueueSpec = topology.queues[queue];
  return spec.alone === true;
}

/** The waits after the failures of a message of `queue`, shortest first. */
export function ladderOf(queue: QueueName, retryDelaysMs: readonly number[]): readonly number[] {
  return isAlone(queue) ? retryDelaysMs.slice(0, 1) : retryDelaysMs;
}

/**
 * The waits among which a message of `queue` finds one at random, when it is to wait `delayMs`, a rung of its ladder.
 */
export function lanesOf(queue: QueueName, retryDelaysMs: readonly number[], delayMs: number): readonly number[] {
  const { shares, rungs } = topology.retryLanes;
  if (isAlone(queue) || !retryDelaysMs.slice(0, rungs).includes(delayMs)) return [delayMs];
  // A ladder in milliseconds, as tests have it, has lanes that fall together.
  return [...new Set(shares.map((share) => Math.max(1, Math.round(delayMs * share))))];
}

export function deliveryLimitOf(queue: QueueName): number {
  return isAlone(queue) ? topology.deliveryLimitAlone : topology.deliveryLimit;
}

/** The routing key that brings a message back to one queue alone (after a delay), not to every queue of its name. */
export function returnKey(queue: QueueName): string {
  return `return.${queue}`;
}

export function deadQueue(queue: QueueName): `${QueueName}.dead` {
  return `${queue}.dead`;
}

/** `…retry.5s`, `…retry.2m`, `…retry.50ms`: the name says the delay, so a changed ladder makes new queues. */
export function retryQueue(queue: QueueName, delayMs: number): string {
  return `${queue}.retry.${delayLabel(delayMs)}`;
}

function delayLabel(ms: number): string {
  if (ms % MINUTE_MS === 0) return `${(ms / MINUTE_MS).toString()}m`;
  if (ms % SECOND_MS === 0) return `${(ms / SECOND_MS).toString()}s`;
  return `${ms.toString()}ms`;
}
