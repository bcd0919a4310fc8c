import { randomUUID } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { withTransaction } from '#database';
import { createMetrics } from '#observability';
import { enqueue } from '#outbox';
import { silentLogger, testDatabase, testVhost, waitFor, type TestDatabase, type TestVhost } from '#testing';
import { Broker } from '../broker.ts';
import type { DeadLetter } from '../delivery/dead-letter.ts';
import { done } from '../delivery/outcome.ts';
import { messagingMetrics } from '../messaging.metrics.ts';
import { OutboxRelay } from '../outbox-relay.ts';

const QUEUE = 'file-splitter.batches';

interface Running {
  readonly vhost: TestVhost;
  /** Batch ids of the handled messages. */
  readonly seen: string[];
  readonly letters: DeadLetter[];
  readonly send: () => Promise<string>;
}

/** A process that consumes one queue, relays the outbox and drains dead letters. */
async function running(options: { readonly declareEveryMs?: number } = {}): Promise<Running> {
  const [database, vhost] = [await testDatabase(), await testVhost()];
  const { dataSource } = database;
  const logger = silentLogger();
  const broker = new Broker({
    url: vhost.url,
    name: 'test',
    dataSource,
    logger,
    metrics: messagingMetrics(createMetrics({ service: 'test', version: '0' }), []),
    retryDelaysMs: [20, 40],
    declareEveryMs: options.declareEveryMs,
  });
  const [seen, letters]: [string[], DeadLetter[]] = [[], []];
  broker.handle({
    queues: [QUEUE],
    handle: async ({ message }) => {
      seen.push(message.batchId);
      return await Promise.resolve(done);
    },
  });
  broker.drainDeadLetters(async (letter) => {
    letters.push(letter);
    return await Promise.resolve('kept');
  });
  const relay = new OutboxRelay({ dataSource, publisher: broker.publisher, logger, batchMax: 100, pollMs: 10 });
  broker.start();
  relay.start();
  onTestFinished(async () => {
    await relay.drain();
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
  return { vhost, seen, letters, send: async () => await sendOne(database) };
}

async function sendOne({ dataSource }: TestDatabase): Promise<string> {
  const batchId = randomUUID();
  await withTransaction(dataSource, async (tx) => {
    await enqueue(tx, 'batch.received.v1', { batchId });
  });
  return batchId;
}

interface Binding {
  readonly source: string;
  readonly properties_key: string;
}

async function bindingsOf(vhost: TestVhost, queue: string, exchange: string): Promise<readonly Binding[]> {
  const bindings = (await vhost.api('GET', `/queues/${vhost.name}/${queue}/bindings`)) as readonly Binding[];
  return bindings.filter(({ source }) => source === exchange);
}

async function unbind(vhost: TestVhost, queue: string, exchange: string): Promise<number> {
  const bindings = await bindingsOf(vhost, queue, exchange);
  for (const { properties_key: key } of bindings) {
    await vhost.api('DELETE', `/bindings/${vhost.name}/e/${exchange}/q/${queue}/${key}`);
  }
  return bindings.length;
}

test('a message is published although its exchange was deleted', async () => {
  const { vhost, seen, send } = await running();
  await vhost.api('DELETE', `/exchanges/${vhost.name}/billing.work`);
  const sent = await send();
  await waitFor(() => seen.includes(sent), { describe: 'the message' });
});

test('a message without a binding makes the process declare the binding again', async () => {
  const { vhost, seen, letters, send } = await running();
  const removed = await unbind(vhost, QUEUE, 'billing.work');
  expect(removed).toBeGreaterThan(0);
  await send();
  await waitFor(() => letters.length > 0, { describe: 'the letter' });
  await waitFor(async () => (await bindingsOf(vhost, QUEUE, 'billing.work')).length === removed, {
    describe: 'the bindings',
  });
  const sent = await send();
  await waitFor(() => seen.includes(sent), { describe: 'the next message' });
});

test('a deleted binding is declared again after a while, even without any message', async () => {
  const { vhost } = await running({ declareEveryMs: 100 });
  expect(await unbind(vhost, `${QUEUE}.dead`, 'billing.dead')).toBe(1);
  await waitFor(async () => (await bindingsOf(vhost, `${QUEUE}.dead`, 'billing.dead')).length === 1, {
    describe: 'the binding',
  });
});

test('a deleted exchange is declared again with its bindings, even without any message', async () => {
  const { vhost } = await running({ declareEveryMs: 100 });
  await vhost.api('DELETE', `/exchanges/${vhost.name}/billing.dead`);
  await waitFor(async () => (await bindingsOf(vhost, `${QUEUE}.dead`, 'billing.dead')).length === 1, {
    describe: 'the exchange and the binding',
  });
});
