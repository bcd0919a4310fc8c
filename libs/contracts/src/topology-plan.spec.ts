import { expect, test } from 'vitest';
import { deadQueue, ladderOf, queueNames, retryQueue, topology } from './topology.ts';
import { planTopology } from './topology-plan.ts';

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
    for (const delay of ladderOf(queue, topology.retryDelaysMs)) {
      const rung = queues.get(retryQueue(queue, delay));
      expect(rung?.['x-message-ttl']).toBe(delay);
      expect(routed(String(rung?.['x-dead-letter-exchange']), String(rung?.['x-dead-letter-routing-key']))).toEqual([
        queue,
      ]);
    }
  }
});

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
