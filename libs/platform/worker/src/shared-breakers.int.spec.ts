import { randomUUID } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { Broker, done, messagingMetrics, OutboxRelay, type DeadLetter, type Delivery, type Handler } from '#broker';
import { withTransaction } from '#database';
import { createMetrics } from '#observability';
import { enqueue } from '#outbox';
import { StorageUnavailableError } from '#storage';
import { silentLogger, testDatabase, testVhost, waitFor, type TestDatabase, type TestVhost } from '#testing';
import { StageControl } from './stage-control.ts';

const QUEUE = 'file-splitter.batches';
/** A ladder so short that an outage of seconds is longer than all of it. */
const RETRY_DELAYS_MS = [20, 40];
const MESSAGES = 20;
const PATIENCE_MS = 60_000;

/** A provider that several replicas call. */
class Provider implements Handler<typeof QUEUE> {
  readonly queues = [QUEUE] as const;
  readonly attempts: number[] = [];
  readonly served = new Set<string>();
  isUp = true;
  asked = 0;
  #asking = 0;
  askingMax = 0;

  async handle({ message, attempt }: Delivery<typeof QUEUE>) {
    this.attempts.push(attempt);
    this.asked += 1;
    this.#asking += 1;
    this.askingMax = Math.max(this.#asking, this.askingMax);
    try {
      await new Promise((resolve) => setImmediate(resolve));
      if (!this.isUp) throw new StorageUnavailableError('ECONNREFUSED');
      this.served.add(message.batchId);
      return done;
    } finally {
      this.#asking -= 1;
    }
  }
}

function worker({ dataSource }: TestDatabase, vhost: TestVhost, handler: Provider) {
  const logger = silentLogger();
  const registry = createMetrics({ service: 't', version: '0' });
  const broker = new Broker({
    url: vhost.url,
    name: 'test',
    dataSource,
    logger,
    metrics: messagingMetrics(registry, [QUEUE]),
    retryDelaysMs: RETRY_DELAYS_MS,
    concurrency: 3,
    breakers: true,
  });
  broker.handle(handler);
  const letters: DeadLetter[] = [];
  broker.drainDeadLetters(async (letter) => {
    letters.push(letter);
    return await Promise.resolve('kept');
  });
  const relay = new OutboxRelay({ dataSource, publisher: broker.publisher, logger, batchMax: 100, pollMs: 5 });
  const pauses = new StageControl(broker, dataSource, logger);
  onTestFinished(async () => {
    await Promise.all([pauses.stop(), relay.drain()]);
    await broker.drain(5_000);
    await broker.close();
  });
  const isReady = () => {
    broker.checkReady();
    return true;
  };
  return {
    letters,
    isReady,
    start: async () => {
      await pauses.ready();
      pauses.start();
      broker.start();
      relay.start();
      await waitFor(isReady, { describe: 'a worker that is ready' });
    },
    state: () => broker.breakers[0]?.state.is,
    shown: async () => (await registry.getSingleMetric('billing_breaker_state')?.get())?.values[0]?.value,
  };
}

const send = async ({ dataSource }: TestDatabase, count: number) => {
  for (let at = 0; at < count; at += 1)
    await withTransaction(dataSource, async (tx) => {
      await enqueue(tx, 'batch.received.v1', { batchId: randomUUID() });
    });
};

interface Row {
  readonly openings: number;
  readonly reason: string;
  readonly prober: string | null;
}

const rowOf = async ({ dataSource }: TestDatabase): Promise<Row | undefined> => {
  const rows: Row[] = await dataSource.query('select openings, reason, prober from stage_breakers where stage = $1', [
    QUEUE,
  ]);
  return rows[0];
};

test('in an outage longer than the ladder one replica probes, and no attempt or message is lost', async () => {
  const [database, vhost] = await Promise.all([testDatabase(), testVhost()]);
  const provider = new Provider();
  provider.isUp = false;
  const workers = [worker(database, vhost, provider), worker(database, vhost, provider)];
  for (const each of workers) await each.start();
  await send(database, MESSAGES);

  await waitFor(async () => (await rowOf(database)) !== undefined, { describe: 'the open breaker' });
  expect((await rowOf(database))?.reason).toContain('ECONNREFUSED');
  await waitFor(() => workers.every(({ state }) => state() !== 'closed'), { describe: 'both replicas to wait' });
  const openings = async () => (await rowOf(database))?.openings ?? 0;
  await waitFor(async () => (await openings()) >= 2, { describe: 'the first probe', timeoutMs: PATIENCE_MS });

  // From now on only probes are delivered, each with one message.
  const before = { asked: provider.asked, openings: await openings() };
  provider.askingMax = 0;
  await waitFor(async () => (await openings()) >= before.openings + 3, { describe: 'probes', timeoutMs: PATIENCE_MS });
  expect(provider.asked - before.asked).toBeLessThanOrEqual((await openings()) - before.openings + 1);
  expect(provider.askingMax).toBe(1);
  for (const { isReady, shown } of workers) {
    expect(isReady()).toBe(true);
    expect(await shown()).toBeGreaterThan(0);
  }

  provider.isUp = true;
  await waitFor(() => provider.served.size === MESSAGES, { describe: 'every message', timeoutMs: PATIENCE_MS });
  await waitFor(() => workers.every(({ state }) => state() === 'closed'), {
    describe: 'both to be closed',
    timeoutMs: PATIENCE_MS,
  });
  expect(await rowOf(database)).toBeUndefined();
  expect(new Set(provider.attempts)).toEqual(new Set([1]));
  expect(workers.flatMap(({ letters }) => letters)).toEqual([]);
});

test('a breaker does not lift a pause, and the end of a pause does not close a breaker', async () => {
  const [database, vhost] = await Promise.all([testDatabase(), testVhost()]);
  const { dataSource } = database;
  const provider = new Provider();
  provider.isUp = false;
  const running = worker(database, vhost, provider);
  await running.start();
  await send(database, MESSAGES);
  await waitFor(() => running.state() === 'open', { describe: 'the open breaker' });
  const rested = async () => {
    const [row]: { rested: boolean }[] = await dataSource.query(
      `select bool_and(probe_at < now() - interval '3 seconds') as rested from stage_breakers`,
    );
    return row?.rested === true;
  };
  // Another process probes until the pause is known. A probe running here would schedule the next one by its own clock.
  await dataSource.query(
    `update stage_breakers set prober = $1, prober_until = now() + interval '1 hour', probe_at = now()`,
    [randomUUID()],
  );
  await dataSource.query(`insert into stage_pauses (stage, operator) values ('${QUEUE}', 'ana')`);
  await waitFor(rested, { describe: 'rounds in which the pause is read', timeoutMs: PATIENCE_MS });
  await dataSource.query(`update stage_breakers set probe_at = now(), prober = null, prober_until = null`);
  provider.isUp = true;
  await waitFor(rested, { describe: 'a probe that is long due', timeoutMs: PATIENCE_MS });
  expect([running.state(), provider.served.size]).toEqual(['open', 0]);

  // Another process probes, so the end of the pause must not make this one consume.
  await dataSource.query(
    `update stage_breakers set prober = $1, prober_until = now() + interval '1 hour', probe_at = now()`,
    [randomUUID()],
  );
  await dataSource.query('delete from stage_pauses');
  await dataSource.query(`update stage_breakers set probe_at = now()`);
  await waitFor(rested, { describe: 'three rounds of the other’s probing', timeoutMs: PATIENCE_MS });
  expect([running.state(), provider.served.size]).toEqual(['open', 0]);

  // The other process has died.
  await dataSource.query(`update stage_breakers set prober_until = now()`);
  await waitFor(() => provider.served.size === MESSAGES, { describe: 'every message', timeoutMs: PATIENCE_MS });
  await waitFor(() => running.state() === 'closed', { describe: 'the closed breaker' });
});

test('a breaker opened by another process is obeyed at once and closes with it', async () => {
  const [database, vhost] = await Promise.all([testDatabase(), testVhost()]);
  await database.dataSource.query(
    `insert into stage_breakers (stage, reason, openings, probe_at, prober, prober_until)
     values ($1, 'SMTP 421', 2, now(), $2, now() + interval '1 hour')`,
    [QUEUE, randomUUID()],
  );
  const provider = new Provider();
  const running = worker(database, vhost, provider);
  await send(database, 1);
  await running.start();
  expect([running.state(), await running.shown(), provider.asked]).toEqual(['open', 2, 0]);

  await database.dataSource.query('delete from stage_breakers');
  await waitFor(() => provider.served.size === 1, { describe: 'the message' });
  expect(running.state()).toBe('closed');
});
