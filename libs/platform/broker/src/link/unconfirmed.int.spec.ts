import { randomUUID } from 'node:crypto';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { withTransaction } from '#database';
import { createMetrics } from '#observability';
import { enqueue } from '#outbox';
import { silentLogger, testDatabase, testVhost, waitFor, type TestDatabase } from '#testing';
import { Broker } from '../broker.ts';
import { messagingMetrics } from '../messaging.metrics.ts';
import { OutboxRelay } from '../outbox-relay.ts';

/** A proxy before a real broker. It can hold back what either side sends, and can add frames of the broker. */
class Middleman {
  readonly #server = createServer((client) => {
    this.#join(client);
  });
  readonly #pairs = new Set<{ readonly client: Socket; readonly broker: Socket }>();
  readonly #target: URL;
  #isBrokerReading = true;
  #isBrokerHeard = true;

  constructor(target: URL) {
    this.#target = target;
  }

  /** Starts the proxy and returns its URL. */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    const url = new URL(this.#target);
    url.hostname = '127.0.0.1';
    url.port = (this.#server.address() as AddressInfo).port.toString();
    return url.href;
  }

  async stop(): Promise<void> {
    for (const { client, broker } of this.#pairs) for (const socket of [client, broker]) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Acts like a broker that is short of memory: tells every connection so, and reads no further. */
  raiseAlarm(): void {
    this.#isBrokerReading = false;
    for (const { client, broker } of this.#pairs) {
      client.unpipe(broker);
      client.pause();
      client.write(connectionBlocked('low on memory'));
    }
  }

  /** Loses the broker's answers, while the broker continues to read. */
  loseAnswers(): void {
    this.#isBrokerHeard = false;
  }

  findAnswers(): void {
    this.#isBrokerHeard = true;
  }

  #join(client: Socket): void {
    const broker = connect(Number(this.#target.port), this.#target.hostname);
    const pair = { client, broker };
    this.#pairs.add(pair);
    if (this.#isBrokerReading) client.pipe(broker);
    broker.on('data', (data) => {
      if (this.#isBrokerHeard) client.write(data);
    });
    for (const [socket, other] of [
      [client, broker],
      [broker, client],
    ] as const) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        other.destroy();
        this.#pairs.delete(pair);
      });
    }
  }
}

/** A frame of channel 0 with the method connection.blocked (AMQP 0-9-1, class 10, method 60). */
function connectionBlocked(reason: string): Buffer {
  const payload = Buffer.concat([Buffer.from([0, 10, 0, 60, reason.length]), Buffer.from(reason)]);
  const head = Buffer.from([1, 0, 0, 0, 0, 0, payload.length]);
  return Buffer.concat([head, payload, Buffer.from([0xce])]);
}

interface Relaying {
  readonly database: TestDatabase;
  readonly middleman: Middleman;
  readonly broker: Broker;
  readonly relay: OutboxRelay;
  /** Counts the messages in the work queue. */
  readonly published: () => Promise<number>;
  readonly waiting: () => Promise<number>;
}

async function relaying(confirmTimeoutMs?: number): Promise<Relaying> {
  const [database, vhost] = [await testDatabase(), await testVhost()];
  const middleman = new Middleman(new URL(vhost.url));
  const broker = new Broker({
    url: await middleman.start(),
    name: 'test',
    dataSource: database.dataSource,
    logger: silentLogger(),
    metrics: messagingMetrics(createMetrics({ service: 'test', version: '0' }), []),
    confirmTimeoutMs,
  });
  const relay = new OutboxRelay({
    dataSource: database.dataSource,
    publisher: broker.publisher,
    logger: silentLogger(),
    batchMax: 100,
    pollMs: 10,
  });
  broker.start();
  relay.start();
  onTestFinished(async () => {
    await relay.drain();
    await broker.close();
    await middleman.stop();
  });
  await waitFor(() => broker.publisher.isReady, { describe: 'a publisher' });
  return {
    database,
    middleman,
    broker,
    relay,
    waiting: async () => {
      const rows: { n: number }[] = await database.dataSource.query('select count(*)::int as n from outbox');
      return rows[0]?.n ?? 0;
    },
    published: async () => {
      const got = await vhost.api('POST', `/queues/${vhost.name}/file-splitter.batches/get`, {
        count: 100,
        ackmode: 'ack_requeue_true',
        encoding: 'auto',
      });
      return Array.isArray(got) ? got.length : 0;
    },
  };
}

async function send(database: TestDatabase): Promise<void> {
  await withTransaction(database.dataSource, async (tx) => {
    await enqueue(tx, 'batch.received.v1', { batchId: randomUUID() });
  });
}

test('a relay stops while the broker blocks it, and the messages stay in the outbox', async () => {
  const { database, middleman, broker, relay, waiting } = await relaying();
  const idleInTransaction = async (): Promise<boolean> => {
    const rows: unknown[] = await database.dataSource.query(
      `select 1 from pg_stat_activity
       where datname = current_database() and state = 'idle in transaction' and query not like '%pg_stat_activity%'`,
    );
    return rows.length > 0;
  };
  // The alarm comes while a message is in flight: the relay has claimed it, and no confirm arrives.
  middleman.loseAnswers();
  await send(database);
  await waitFor(idleInTransaction, { describe: 'a relay in the middle of its work' });
  middleman.raiseAlarm();
  await waitFor(() => broker.isBlocked, { describe: 'the alarm' });

  await relay.drain();
  await broker.close();

  expect(await waiting()).toBe(1);
});

test('a confirm that never comes closes the channel, and the message is published again', async () => {
  const { database, middleman, broker, waiting, published } = await relaying(200);
  middleman.loseAnswers();
  await send(database);

  await waitFor(() => !broker.publisher.isReady, { describe: 'the channel to be given up' });
  expect(await waiting()).toBe(1);
  middleman.findAnswers();

  await waitFor(async () => (await waiting()) === 0, { describe: 'an empty outbox', timeoutMs: 30_000 });
  expect(await published()).toBeGreaterThanOrEqual(1);
});
