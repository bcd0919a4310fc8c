import { PassThrough } from 'node:stream';
import type { DataSource } from 'typeorm';
import { onTestFinished } from 'vitest';
import { Broker, messagingMetrics, OutboxRelay, type AnyHandler, type DeadLetter } from '#broker';
import type { Message, MessageName } from '#contracts';
import { withTransaction } from '#database';
import { createLogger, createMetrics, type Logger } from '#observability';
import { enqueue } from '#outbox';
import { createTestVhost } from './vhost.ts';
import { waitFor } from './wait-for.ts';

/** Short delays, so that a test can watch a message pass through the whole retry ladder. */
const RETRY_DELAYS_MS = [20, 40];
const DRAIN_MS = 5_000;

export interface TestBroker {
  /** Commits a message to the outbox. The relay publishes it. */
  send<N extends MessageName>(name: N, message: Message<N>): Promise<void>;
  /** Dead letters of every queue, in the order in which they were drained. */
  readonly deadLetters: readonly DeadLetter[];
}

/** A logger for tests, which writes nothing. */
export function silentLogger(): Logger {
  return createLogger({ service: 'test', version: '0', level: 'error', stream: new PassThrough().resume() });
}

/**
 * Runs real handlers and a relay on a broker of this test's own. All are stopped and deleted when the test ends. Dead
 * letters are collected. They also go to `bury` if a test needs to see its effects.
 */
export async function testBroker(
  dataSource: DataSource,
  handlers: readonly AnyHandler[],
  bury?: (letter: DeadLetter) => Promise<string>,
): Promise<TestBroker> {
  const vhost = await createTestVhost();
  const logger = silentLogger();
  const broker = new Broker({
    url: vhost.url,
    name: 'test',
    dataSource,
    logger,
    metrics: messagingMetrics(createMetrics({ service: 'test', version: '0' }), []),
    retryDelaysMs: RETRY_DELAYS_MS,
  });
  for (const handler of handlers) broker.handle(handler);
  const deadLetters: DeadLetter[] = [];
  broker.drainDeadLetters(async (letter) => {
    deadLetters.push(letter);
    return bury === undefined ? 'kept' : await bury(letter);
  });
  const relay = new OutboxRelay({ dataSource, publisher: broker.publisher, logger, batchMax: 100, pollMs: 5 });
  broker.start();
  relay.start();
  onTestFinished(async () => {
    await relay.drain();
    await broker.drain(DRAIN_MS);
    await broker.close();
    await vhost.drop();
  });
  await waitFor(
    () => {
      broker.checkReady();
      return true;
    },
    { describe: 'the broker' },
  );
  return {
    deadLetters,
    send: async (name, message) => {
      await withTransaction(dataSource, async (tx) => {
        await enqueue(tx, name, message);
      });
    },
  };
}
