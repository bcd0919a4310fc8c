import { randomUUID } from 'node:crypto';
import { connect, type Channel, type ConfirmChannel } from 'amqplib';
import { expect, onTestFinished, test } from 'vitest';
import { brokerUsers, topology } from '#contracts';
import { createMetrics } from '#observability';
import { silentLogger, testDatabase, testVhost, waitFor, type TestVhost } from '#testing';
import { Broker, type BrokerOptions } from '../broker.ts';
import { done } from '../delivery/outcome.ts';
import { messagingMetrics } from '../messaging.metrics.ts';

const QUEUE = 'file-splitter.batches';
const OTHERS_QUEUE = 'notifier.chunks';

/** Makes the user of an app for this vhost alone, and returns its URL. */
async function urlOf(vhost: TestVhost, app: string): Promise<string> {
  const name = `${vhost.name}-${app}`;
  const password = randomUUID();
  await vhost.api('PUT', `/users/${name}`, { password, tags: '' });
  await vhost.api('PUT', `/permissions/${vhost.name}/${name}`, brokerUsers[app]);
  onTestFinished(async () => {
    await vhost.api('DELETE', `/users/${name}`);
  });
  return Object.assign(new URL(vhost.url), { username: name, password }).href;
}

async function brokerOf(
  vhost: TestVhost,
  app: string,
  options: Pick<BrokerOptions, 'askForTopology'> = {},
): Promise<Broker> {
  const { dataSource } = await testDatabase();
  const broker = new Broker({
    url: await urlOf(vhost, app),
    name: app,
    dataSource,
    logger: silentLogger(),
    metrics: messagingMetrics(createMetrics({ service: 'test', version: '0' }), []),
    ...options,
  });
  onTestFinished(async () => {
    await broker.drain(2_000);
    await broker.close();
  });
  return broker;
}

function publish(exchange: string, key: string): (channel: ConfirmChannel) => Promise<void> {
  return async (channel) => {
    channel.publish(exchange, key, Buffer.from('{}'));
    await channel.waitForConfirms();
  };
}

async function untilReady(broker: Broker): Promise<void> {
  await waitFor(
    () => {
      broker.checkReady();
      return true;
    },
    { describe: 'a broker that is ready' },
  );
}

test('a worker declares nothing: it waits, asks, and goes on when the owner has declared, at start and after a deletion', async () => {
  const vhost = await testVhost();
  const owner = await brokerOf(vhost, 'dispatcher');
  let asked = 0;
  const worker = await brokerOf(vhost, 'file-splitter', {
    askForTopology: async () => {
      asked += 1;
      await owner.publisher.declareMissing();
    },
  });
  worker.handle({ queues: [QUEUE], handle: async () => await Promise.resolve(done) });
  worker.start();
  await waitFor(() => asked > 0, { describe: 'a question for the topology' });
  expect(() => {
    worker.checkReady();
  }).toThrow('not connected');

  owner.start();
  await untilReady(owner);
  await untilReady(worker);

  const before = asked;
  await vhost.api('DELETE', `/queues/${vhost.name}/${QUEUE}`);
  await waitFor(() => asked > before, { describe: 'another question' });
  await waitFor(async () => (await vhost.consumersOf(QUEUE).catch(() => 0)) === 1, { describe: 'its consumer' });
});

test('the user of a worker reads its own queues and publishes what failed, and is refused everything else (F5)', async () => {
  const vhost = await testVhost();
  const owner = await brokerOf(vhost, 'dispatcher');
  owner.start();
  await untilReady(owner);
  const connection = await connect(await urlOf(vhost, 'file-splitter'));
  onTestFinished(async () => {
    await connection.close();
  });
  const attempt = async (work: (channel: ConfirmChannel) => Promise<unknown>): Promise<string> => {
    const channel = await connection.createConfirmChannel();
    // A refused publication closes the channel and is answered by nothing else.
    const closed = new Promise<string>((resolve) => {
      channel.on('error', (error: Error) => {
        resolve(error.message.includes('403') ? 'refused' : error.message);
      });
    });
    const allowed = work(channel).then(
      () => 'allowed',
      async () => await closed,
    );
    const answer = await Promise.race([allowed, closed]);
    if (answer === 'allowed') await channel.close();
    return answer;
  };
  const { work, retry, dead, unroutable } = topology.exchanges;
  const answers = {
    'consumes its queue': await attempt(async (on: Channel) => await on.consume(QUEUE, () => undefined)),
    'looks at a queue': await attempt(async (on: Channel) => await on.checkQueue(QUEUE)),
    'publishes to retry': await attempt(publish(retry, 'x')),
    'publishes to dead': await attempt(publish(dead, 'x')),
    'publishes to work': await attempt(publish(work, 'batch.received.v1')),
    'publishes to unroutable': await attempt(publish(unroutable, '')),
    'publishes to a queue': await attempt(publish('', OTHERS_QUEUE)),
    "consumes another's queue": await attempt(async (on: Channel) => await on.consume(OTHERS_QUEUE, () => undefined)),
    'takes dead letters': await attempt(async (on: Channel) => await on.get(topology.parkingQueue)),
    'declares a queue': await attempt(async (on: Channel) => await on.assertQueue(`${QUEUE}.mine`)),
    'declares an exchange': await attempt(async (on: Channel) => await on.assertExchange('billing.mine', 'direct')),
    'deletes its queue': await attempt(async (on: Channel) => await on.deleteQueue(QUEUE)),
    'binds its queue': await attempt(async (on: Channel) => await on.bindQueue(QUEUE, work, 'x')),
  };
  expect(Object.entries(answers).filter(([, answer]) => answer === 'allowed')).toHaveLength(4);
  expect(answers).toEqual({
    'consumes its queue': 'allowed',
    'looks at a queue': 'allowed',
    'publishes to retry': 'allowed',
    'publishes to dead': 'allowed',
    'publishes to work': 'refused',
    'publishes to unroutable': 'refused',
    'publishes to a queue': 'refused',
    "consumes another's queue": 'refused',
    'takes dead letters': 'refused',
    'declares a queue': 'refused',
    'declares an exchange': 'refused',
    'deletes its queue': 'refused',
    'binds its queue': 'refused',
  });
});
