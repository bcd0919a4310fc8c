import { randomUUID } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { Broker, done, messagingMetrics, OutboxRelay, type Handler } from '#broker';
import { withTransaction } from '#database';
import { createMetrics } from '#observability';
import { enqueue } from '#outbox';
import { silentLogger, testDatabase, testVhost, waitFor, type TestDatabase, type TestVhost } from '#testing';
import { StageControl } from './stage-control.ts';

const QUEUE = 'file-splitter.batches';

/** A handler that finishes a message on command. */
class HeldHandler implements Handler<typeof QUEUE> {
  readonly queues = [QUEUE] as const;
  readonly begun: string[] = [];
  #release: (() => void)[] = [];
  isOpen = true;

  async handle({ message }: { readonly message: { readonly batchId: string } }) {
    this.begun.push(message.batchId);
    if (!this.isOpen) await new Promise<void>((resolve) => this.#release.push(resolve));
    return done;
  }

  open(): void {
    this.isOpen = true;
    for (const release of this.#release.splice(0)) release();
  }
}

function worker({ dataSource }: TestDatabase, vhost: TestVhost, handler: HeldHandler) {
  const logger = silentLogger();
  const registry = createMetrics({ service: 't', version: '0' });
  const broker = new Broker({
    url: vhost.url,
    name: 'test',
    dataSource,
    logger,
    metrics: messagingMetrics(registry, [QUEUE]),
    concurrency: 2,
  });
  broker.handle(handler);
  const relay = new OutboxRelay({ dataSource, publisher: broker.publisher, logger, batchMax: 10, pollMs: 5 });
  const pauses = new StageControl(broker, dataSource, logger);
  const stop = async () => {
    handler.open();
    await Promise.all([pauses.stop(), relay.drain()]);
    await broker.drain(5_000);
    await broker.close();
  };
  onTestFinished(stop);
  return {
    start: async () => {
      await pauses.ready();
      pauses.start();
      broker.start();
      relay.start();
    },
    untilReady: () =>
      waitFor(
        () => {
          broker.checkReady();
          return true;
        },
        { describe: 'a worker that is ready' },
      ),
    paused: async () => (await registry.getSingleMetric('billing_stage_paused')?.get())?.values[0]?.value,
    stop,
  };
}

const setPaused = async ({ dataSource }: TestDatabase, isPaused: boolean) => {
  await dataSource.query(
    isPaused
      ? `insert into stage_pauses (stage, operator) values ('${QUEUE}', 'ana')`
      : `delete from stage_pauses where stage = '${QUEUE}'`,
  );
};

const send = async ({ dataSource }: TestDatabase) => {
  const batchId = randomUUID();
  await withTransaction(dataSource, async (tx) => {
    await enqueue(tx, 'batch.received.v1', { batchId });
  });
  return batchId;
};

async function waitingIn(vhost: TestVhost): Promise<unknown> {
  const path = `/queues/${vhost.name}/${QUEUE}`;
  const queue = (await vhost.api('GET', path)) as { messages_ready?: number };
  return queue.messages_ready;
}

test('a paused stage finishes its message, takes no other, stays ready and resumes', async () => {
  const [database, vhost] = await Promise.all([testDatabase(), testVhost()]);
  const handler = new HeldHandler();
  handler.isOpen = false;
  const running = worker(database, vhost, handler);
  await running.start();
  const inHand = [await send(database), await send(database)];
  await waitFor(() => handler.begun.length === 2, { describe: 'two deliveries in hand' });
  const prefetched = await send(database);

  await setPaused(database, true);
  await waitFor(async () => (await running.paused()) === 1, { describe: 'the pause' });
  const late = await send(database);
  await waitFor(async () => (await waitingIn(vhost)) === 2, { describe: 'both in the queue', timeoutMs: 30_000 });
  handler.open();
  await waitFor(async () => (await database.dataSource.query('select 1 from inbox')).length === 2, {
    describe: 'the work in hand',
  });
  await running.untilReady();
  expect(handler.begun.toSorted()).toEqual(inHand.toSorted());

  await setPaused(database, false);
  await waitFor(() => handler.begun.length === 4, { describe: 'the others' });
  expect(handler.begun.slice(2).toSorted()).toEqual([prefetched, late].toSorted());
  expect(await running.paused()).toBe(0);
});

test('a paused stage is still paused after a restart', async () => {
  const [database, vhost] = await Promise.all([testDatabase(), testVhost()]);
  const before = worker(database, vhost, new HeldHandler());
  await before.start();
  await before.untilReady();
  await setPaused(database, true);
  await before.stop();

  const handler = new HeldHandler();
  const after = worker(database, vhost, handler);
  await after.start();
  await send(database);
  await waitFor(async () => (await waitingIn(vhost)) === 1, {
    describe: 'the message in the queue',
    timeoutMs: 30_000,
  });
  await after.untilReady();
  expect(handler.begun).toEqual([]);

  await setPaused(database, false);
  await waitFor(() => handler.begun.length === 1, { describe: 'the message' });
});
