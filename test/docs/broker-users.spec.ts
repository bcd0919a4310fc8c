import { describe, expect, test } from 'vitest';
import { brokerDefinitions, brokerUsers, planTopology, queueNames, topology } from '#contracts';
import { workerNames } from '../../scripts/lib/system/system.mjs';

const { exchanges, queues } = planTopology();
const names = [...exchanges, ...queues].map(({ name }) => name);
const workers = Object.keys(brokerUsers).filter((name) => name !== 'dispatcher');

/** The names of the topology that a pattern allows. */
function allowed(pattern = '$^'): readonly string[] {
  const expression = new RegExp(pattern);
  return names.filter((name) => expression.test(name));
}

test('observability/rabbitmq/definitions.json has the users of the topology', async () => {
  await expect(brokerDefinitions()).toMatchFileSnapshot('../../observability/rabbitmq/definitions.json');
});

test('every app that connects to the broker has a user, and no other', () => {
  expect(Object.keys(brokerUsers).toSorted()).toEqual(workerNames.toSorted());
});

describe('the user of', () => {
  test.each(workers)('%s declares nothing, publishes what failed, and reads its own queues', (app) => {
    const user = brokerUsers[app];
    expect(allowed(user?.configure)).toEqual([]);
    expect(allowed(user?.write)).toEqual([topology.exchanges.retry, topology.exchanges.dead]);
    const own = queueNames.filter((queue) => queue.startsWith(`${app}.`));
    expect(own.length).toBeGreaterThan(0);
    expect(allowed(user?.read)).toEqual(names.filter((name) => own.some((queue) => name.startsWith(queue))));
  });

  test('the dispatcher uses every name of the topology, and no name of others', () => {
    const { configure, write, read } = brokerUsers['dispatcher'] ?? {};
    for (const pattern of [configure, write, read]) {
      expect(allowed(pattern)).toEqual(names);
      const others = ['', 'amq.topic', 'other.queue', 'my-notifier.chunks', 'billing'];
      expect(others.filter((name) => new RegExp(pattern ?? '').test(name))).toEqual([]);
    }
  });
});
