import { expect, test } from 'vitest';
import { planTopology } from './topology-plan.ts';
import { deadQueue, ladderOf, lanesOf, queueNames, retryQueue, topology, type QueueName } from './topology.ts';

const plan = planTopology();
const queues = new Map(plan.queues.map((queue) => [queue.name, queue.arguments]));
const exchanges = new Set(plan.exchanges.map(({ name }) => name));

/** Where a message with this routing key ends up. */
function routed(exchange: string, routingKey: string): readonly string[] {
  return plan.bindings
    .filter((binding) => binding.exchange === exchange && binding.routingKey === routingKey)
    .map(({ queue }) => queue);
}

test('every message has exactly one queue', () => {
  for (const queue of queueNames)
    expect(routed(topology.exchanges.work, topology.queues[queue].consumes)).toEqual([queue]);
});

test('bindings join only what is declared', () => {
  for (const { exchange, queue } of plan.bindings) {
    expect(exchanges).toContain(exchange);
    expect(queues.has(queue)).toBe(true);
  }
});

test('every rung returns its message to the queue it came from, and to no other', () => {
  for (const queue of queueNames) {
    const ladder = ladderOf(queue, topology.retryDelaysMs);
    for (const delay of ladder.flatMap((rung) => lanesOf(queue, topology.retryDelaysMs, rung))) {
      const rung = queues.get(retryQueue(queue, delay));
      expect(rung?.['x-message-ttl']).toBe(delay);
      expect(routed(String(rung?.['x-dead-letter-exchange']), String(rung?.['x-dead-letter-routing-key']))).toEqual([
        queue,
      ]);
    }
  }
});

function lanes(queue: QueueName): readonly (readonly number[])[] {
  return ladderOf(queue, topology.retryDelaysMs).map((delay) => lanesOf(queue, topology.retryDelaysMs, delay));
}

test('the first rungs have lanes around their delay, the others and those of suspects have one', () => {
  expect(lanes('notifier.chunks')).toEqual([
    [4_000, 5_000, 6_250],
    [24_000, 30_000, 37_500],
    [120_000],
    [600_000],
    [1_800_000],
  ]);
  expect(lanes('chunk-validator.suspects')).toEqual([[5_000]]);
});

test.each([[[1, 2, 3]], [[4, 5]], [[20, 40]], [[200, 250, 312]]])(
  'a ladder of %j has a queue for every lane, once',
  (ladder) => {
    const names = planTopology(ladder).queues.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const queue of queueNames) {
      for (const delay of ladderOf(queue, ladder)) {
        for (const lane of lanesOf(queue, ladder, delay)) expect(names).toContain(retryQueue(queue, lane));
      }
    }
  },
);

test('a queue whose delivery limit is reached dead-letters into its own dead queue', () => {
  for (const queue of queueNames) {
    const given = queues.get(queue);
    expect(given?.['x-delivery-limit']).toBe(queue.endsWith('.suspects') ? 1 : 20);
    expect(routed(String(given?.['x-dead-letter-exchange']), String(given?.['x-dead-letter-routing-key']))).toEqual([
      deadQueue(queue),
    ]);
  }
});

test('dead-lettering is at least once, which needs reject-publish, wherever there is a dead-letter exchange', () => {
  const all = [...queues.values()];
  for (const given of all) expect(given['x-queue-type']).toBe('quorum');
  for (const given of all.filter((queue) => 'x-dead-letter-exchange' in queue)) {
    expect(given).toMatchObject({ 'x-dead-letter-strategy': 'at-least-once', 'x-overflow': 'reject-publish' });
  }
});

test('nothing is sent that RabbitMQ 4 refuses', () => {
  for (const given of queues.values()) {
    for (const refused of ['x-queue-mode', 'x-queue-version', 'x-max-priority'])
      expect(given).not.toHaveProperty(refused);
  }
});

test('names of queues are unique', () => {
  expect(queues.size).toBe(plan.queues.length);
});
