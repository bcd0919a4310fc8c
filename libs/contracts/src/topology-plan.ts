import {
  deadQueue,
  deliveryLimitOf,
  ladderOf,
  lanesOf,
  queueNames,
  retryQueue,
  returnKey,
  topology,
  type QueueName,
} from './topology.ts';

interface ExchangePlan {
  readonly name: string;
  readonly type: 'direct' | 'fanout';
  readonly alternateExchange?: string;
}

interface QueuePlan {
  readonly name: string;
  readonly arguments: Readonly<Record<string, string | number>>;
}

interface BindingPlan {
  readonly exchange: string;
  readonly queue: string;
  readonly routingKey: string;
}

export interface TopologyPlan {
  readonly exchanges: readonly ExchangePlan[];
  readonly queues: readonly QueuePlan[];
  readonly bindings: readonly BindingPlan[];
}

/**
 * Dead-lettering that survives a crash of the broker: on RabbitMQ 3.10 at-least-once silently degrades
 * without `reject-publish` (https://www.rabbitmq.com/docs/quorum-queues, "Activating at-least-once dead-lettering").
 */
function deadLetterTo(exchange: string, routingKey: string): Record<string, string> {
  return {
    'x-dead-letter-exchange': exchange,
    'x-dead-letter-routing-key': routingKey,
    'x-dead-letter-strategy': 'at-least-once',
    'x-overflow': 'reject-publish',
  };
}

const quorum = { 'x-queue-type': 'quorum' } as const;

/**
 * For queues whose messages must outlive any number of returned deliveries, because nothing catches what they drop.
 * RabbitMQ 4 gives a quorum queue without a limit 20 deliveries; 3.10 takes -1, "no limit" elsewhere, for a limit
 * already passed.
 */
const kept = { ...quorum, 'x-delivery-limit': 1_000_000 } as const;

function planQueue(
  queue: QueueName,
  retryDelaysMs: readonly number[],
): { queues: QueuePlan[]; bindings: BindingPlan[] } {
  const { work, retry, dead } = topology.exchanges;
  const waits = ladderOf(queue, retryDelaysMs).flatMap((delayMs) => lanesOf(queue, retryDelaysMs, delayMs));
  const rungs = [...new Set(waits)].map((delayMs) => ({ name: retryQueue(queue, delayMs), delayMs }));
  return {
    queues: [
      {
        name: queue,
        arguments: { ...quorum, 'x-delivery-limit': deliveryLimitOf(queue), ...deadLetterTo(dead, deadQueue(queue)) },
      },
      ...rungs.map(({ name, delayMs }) => ({
        name,
        arguments: { ...quorum, 'x-message-ttl': delayMs, ...deadLetterTo(work, returnKey(queue)) },
      })),
      { name: deadQueue(queue), arguments: kept },
    ],
    bindings: [
      { exchange: work, queue, routingKey: topology.queues[queue].consumes },
      { exchange: work, queue, routingKey: returnKey(queue) },
      ...rungs.map(({ name }) => ({ exchange: retry, queue: name, routingKey: name })),
      { exchange: dead, queue: deadQueue(queue), routingKey: deadQueue(queue) },
    ],
  };
}

/** Every exchange, queue and binding, in an order that can be declared from first to last. */
export function planTopology(retryDelaysMs: readonly number[] = topology.retryDelaysMs): TopologyPlan {
  const { work, retry, dead, unroutable } = topology.exchanges;
  const planned = queueNames.map((queue) => planQueue(queue, retryDelaysMs));
  return {
    exchanges: [
      { name: unroutable, type: 'fanout' },
      { name: work, type: 'direct', alternateExchange: unroutable },
      { name: retry, type: 'direct' },
      { name: dead, type: 'direct' },
    ],
    queues: [
      { name: unroutable, arguments: kept },
      { name: topology.parkingQueue, arguments: kept },
      ...planned.flatMap((plan) => plan.queues),
    ],
    bindings: [
      { exchange: unroutable, queue: unroutable, routingKey: '' },
      { exchange: dead, queue: topology.parkingQueue, routingKey: topology.parkingQueue },
      ...planned.flatMap((plan) => plan.bindings),
    ],
  };
}
