import { randomUUID } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { connect } from 'amqplib';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { planTopology } from '#contracts';
import { createLogger, createMetrics } from '#observability';
import { createTestDatabase, testVhost, waitFor, type TestDatabase, type TestVhost } from '#testing';
import { Broker } from '../broker.ts';
import { done } from '../delivery/outcome.ts';
import { messagingMetrics } from '../messaging.metrics.ts';
import { LiveConnection } from './link.ts';

const QUEUE = 'file-splitter.batches';
const RETRY_DELAYS_MS = [20, 40];

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(async () => {
  await database.drop();
});

interface Consuming {
  readonly broker: Broker;
  readonly vhost: TestVhost;
  /** Batch ids of the handled messages. */
  readonly seen: string[];
  /** The event of each logged line. */
  readonly events: string[];
  readonly metrics: () => Promise<string>;
}

/** A process that consumes one queue and renews its consumer after this much silence. */
async function consuming(renewAfterSilenceMs: number): Promise<Consuming> {
  const vhost = await testVhost();
  const events: string[] = [];
  const stream = new PassThrough({ encoding: 'utf8' }).on('data', (text: string) => {
    for (const line of text.trim().split('\n')) {
      const { 'event.action': event } = JSON.parse(line) as Record<string, string>;
      if (event !== undefined) events.push(event);
    }
  });
  const registry = createMetrics({ service: 'test', version: '0' });
  const broker = new Broker({
    url: vhost.url,
    name: 'test',
    dataSource: database.dataSource,
    logger: createLogger({ service: 'test', version: '0', level: 'debug', stream }),
    metrics: messagingMetrics(registry, []),
    retryDelaysMs: RETRY_DELAYS_MS,
    renewAfterSilenceMs,
  });
  const seen: string[] = [];
  broker.handle({
    queues: [QUEUE],
    handle: async ({ message }) => {
      seen.push(message.batchId);
      return await Promise.resolve(done);
    },
  });
  broker.start();
  onTestFinished(async () => {
    await broker.drain(2_000);
    await broker.close();
  });
  await waitFor(
    () => {
      broker.checkReady();
      return true;
    },
    { describe: 'readiness' },
  );
  return { broker, vhost, seen, events, metrics: async () => await registry.metrics() };
}

/** Replacements of the queue until the fault shows itself: the first one, nearly always. */
const ROUNDS_MAX = 10;

/** Deletes the queue and declares it again before its consumers are notified. Then publishes to it. */
async function replaceQueue(vhost: TestVhost, batchIds: readonly string[]): Promise<void> {
  const connection = await connect(vhost.url);
  const channel = await connection.createConfirmChannel();
  const plan = planTopology(RETRY_DELAYS_MS);
  const queue = plan.queues.find(({ name }) => name === QUEUE);
  await channel.deleteQueue(QUEUE);
  await channel.assertQueue(QUEUE, { durable: true, arguments: queue?.arguments });
  for (const each of plan.bindings.filter((binding) => binding.queue === QUEUE)) {
    await channel.bindQueue(each.queue, each.exchange, each.routingKey);
  }
  for (const batchId of batchIds) {
    channel.publish('billing.work', 'batch.received.v1', Buffer.from(JSON.stringify({ batchId })), {
      persistent: true,
      messageId: randomUUID(),
      type: 'batch.received.v1',
    });
  }
  await channel.waitForConfirms();
  await connection.close();
}

test('a consumer whose queue was replaced gets the messages that were delivered to the old one', async () => {
  const { broker, vhost, seen, events } = await consuming(1_000);
  const sent: string[] = [];
  const isRenewed = (): boolean => events.some((event) => event === 'consumer.deaf' || event === 'consumer.failed');

  // On a busy machine the consumer may hear of a deletion in time, so that nothing is delivered to the old queue.
  for (let round = 1; round <= ROUNDS_MAX && !isRenewed(); round += 1) {
    const batchIds = [randomUUID(), randomUUID()];
    sent.push(...batchIds);
    await replaceQueue(vhost, batchIds);
    await waitFor(() => seen.length >= sent.length, { describe: 'the messages', timeoutMs: 30_000 });
    expect(new Set(seen)).toEqual(new Set(sent));
  }
  broker.checkReady();
  // RabbitMQ 4 keeps delivering to the consumer. RabbitMQ 3 needs the consumer's renewal.
  const { rabbitmq_version: version } = (await vhost.api('GET', '/overview')) as { rabbitmq_version: string };
  expect(isRenewed() || !version.startsWith('3.')).toBe(true);
});

test('a silent consumer is renewed repeatedly, stays ready and misses nothing', async () => {
  const { broker, vhost, seen, events, metrics } = await consuming(100);
  const renewals = (): number => events.filter((event) => event === 'consumer.renewed').length;
  let unready = 0;
  const connection = await connect(vhost.url);
  const channel = await connection.createConfirmChannel();
  const sent: string[] = [];

  // Messages that arrive at any moment of a renewal.
  await waitFor(
    async () => {
      const batchId = randomUUID();
      sent.push(batchId);
      const properties = { persistent: true, messageId: randomUUID(), type: 'batch.received.v1' };
      channel.publish('billing.work', 'batch.received.v1', Buffer.from(JSON.stringify({ batchId })), properties);
      await channel.waitForConfirms();
      const target = sent.length;
      await waitFor(
        () => {
          try {
            broker.checkReady();
          } catch {
            unready += 1;
          }
          return renewals() >= target;
        },
        { describe: 'another renewal' },
      );
      return sent.length >= 10;
    },
    { describe: 'ten renewals', timeoutMs: 30_000 },
  );
  await connection.close();

  await waitFor(() => seen.length >= sent.length, { describe: 'the messages' });
  expect(seen.toSorted()).toEqual(sent.toSorted());
  expect(unready).toBe(0);
  expect(await metrics()).not.toMatch(/billing_consumer_deaf_total\{[^}]*\} [1-9]/);
});

test('a paused consumer sleeps until it is resumed, however long it is silent', async () => {
  const { broker, vhost, seen, events } = await consuming(1);
  broker.setPaused(new Set([QUEUE]));
  await waitFor(() => events.includes('consumer.paused'), { describe: 'the pause' });
  const connection = await connect(vhost.url);
  const channel = await connection.createConfirmChannel();
  const batchId = randomUUID();

  // Each round of its loop asks for the connection. A loop that does not sleep does so every millisecond.
  const looks = vi.spyOn(LiveConnection.prototype, 'whileOpen');
  onTestFinished(() => {
    looks.mockRestore();
  });
  for (let trip = 0; trip < 100; trip += 1) await channel.checkQueue(QUEUE);
  expect(looks.mock.calls.length).toBeLessThan(5);

  const properties = { persistent: true, messageId: randomUUID(), type: 'batch.received.v1' };
  channel.publish('billing.work', 'batch.received.v1', Buffer.from(JSON.stringify({ batchId })), properties);
  await channel.waitForConfirms();
  broker.setPaused(new Set());
  await waitFor(() => seen.includes(batchId), { describe: 'the message that waited' });
  await connection.close();
});
