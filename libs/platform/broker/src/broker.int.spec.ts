import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { connect as connectTcp, createServer, type Server, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { connect } from 'amqplib';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { withTransaction } from '#database';
import { createLogger, createMetrics } from '#observability';
import { enqueue } from '#outbox';
import { StorageUnavailableError } from '#storage';
import { createTestDatabase, createTestVhost, waitFor, type TestDatabase, type TestVhost } from '#testing';
import { Broker } from './broker.ts';
import type { DeadLetter } from './delivery/dead-letter.ts';
import type { AnyHandler, Delivery } from './delivery/handler.ts';
import { done, reject, retry, type Outcome } from './delivery/outcome.ts';
import { messagingMetrics } from './messaging.metrics.ts';
import { OutboxRelay } from './outbox-relay.ts';

const RETRY_DELAYS_MS = [20, 40];
const logger = createLogger({ service: 'test', version: '0', level: 'error', stream: new PassThrough().resume() });
const batchId = randomUUID();

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.dataSource.query('create table effects (id bigint generated always as identity, note text not null)');
});

afterAll(async () => {
  await database.drop();
});

type Handle = (delivery: Delivery<'file-splitter.batches'>) => Promise<Outcome>;

interface Running {
  readonly broker: Broker;
  readonly vhost: TestVhost;
  readonly letters: DeadLetter[];
}

async function vhostForTest(): Promise<TestVhost> {
  const vhost = await createTestVhost();
  onTestFinished(async () => {
    await vhost.drop();
  });
  return vhost;
}

/** A broker with one handler and the relay, on a vhost of its own. */
async function running(
  handle: Handle,
  options: { vhost?: TestVhost; url?: string; drain?: boolean; random?: () => number } = {},
): Promise<Running> {
  const vhost = options.vhost ?? (await vhostForTest());
  const metrics = messagingMetrics(createMetrics({ service: 'test', version: '0' }), []);
  const broker = new Broker({
    url: options.url ?? vhost.url,
    name: 'test',
    dataSource: database.dataSource,
    logger,
    metrics,
    retryDelaysMs: RETRY_DELAYS_MS,
    // Chooses the middle lane, whose delay is the one in the ladder.
    random: options.random ?? (() => 0.5),
  });
  const handler: AnyHandler = { queues: ['file-splitter.batches'], handle };
  broker.handle(handler);
  const letters: DeadLetter[] = [];
  if (options.drain !== false) {
    broker.drainDeadLetters(async (letter) => {
      letters.push(letter);
      return await Promise.resolve('kept');
    });
  }
  const relay = new OutboxRelay({
    dataSource: database.dataSource,
    publisher: broker.publisher,
    logger,
    batchMax: 100,
    pollMs: 10,
  });
  broker.start();
  relay.start();
  onTestFinished(async () => {
    await relay.drain();
    await broker.drain(2_000);
    await broker.close();
  });
  return { broker, vhost, letters };
}

async function send(message = { batchId }): Promise<void> {
  await withTransaction(database.dataSource, async (tx) => {
    await enqueue(tx, 'batch.received.v1', message);
  });
}

/** Publishes without the outbox, like a foreign sender or a relay that repeats itself. */
async function publishRaw(vhost: TestVhost, body: string, properties: Record<string, unknown>): Promise<void> {
  const connection = await connect(vhost.url);
  const channel = await connection.createConfirmChannel();
  channel.publish('billing.work', 'batch.received.v1', Buffer.from(body), { persistent: true, ...properties });
  await channel.waitForConfirms();
  await connection.close();
}

async function effects(note: string): Promise<number> {
  const rows: { n: number }[] = await database.dataSource.query(
    'select count(*)::int as n from effects where note = $1',
    [note],
  );
  return rows[0]?.n ?? 0;
}

function ready(broker: Broker): () => Promise<boolean> {
  return async () => {
    try {
      broker.checkReady();
      return await Promise.resolve(true);
    } catch {
      return false;
    }
  };
}

const addEffect =
  (note: string): Handle =>
  async (delivery) =>
    await delivery.commit(async (tx) => {
      await tx.query('insert into effects (note) values ($1)', [note]);
      return done;
    });

describe('a message', () => {
  test('a message reaches its handler if and only if the transaction that sent it commits', async () => {
    const seen: string[] = [];
    await running(async ({ message }) => {
      seen.push(message.batchId);
      return await Promise.resolve(done);
    });
    const lost = randomUUID();
    const sent = randomUUID();
    await expect(
      withTransaction(database.dataSource, async (tx) => {
        await enqueue(tx, 'batch.received.v1', { batchId: lost });
        throw new Error('rolled back');
      }),
    ).rejects.toThrow('rolled back');
    await send({ batchId: sent });
    await waitFor(async () => await Promise.resolve(seen.length > 0), { describe: 'the message' });
    expect(seen).toEqual([sent]);
    await waitFor(
      async () => {
        const rows: { n: number }[] = await database.dataSource.query('select count(*)::int as n from outbox');
        return rows[0]?.n === 0;
      },
      { describe: 'an empty outbox' },
    );
  });

  test('a message delivered three times takes effect once', async () => {
    const note = randomUUID();
    const messageId = randomUUID();
    let handled = 0;
    const { vhost, broker } = await running(async (delivery) => {
      handled += 1;
      return await addEffect(note)(delivery);
    });
    await waitFor(ready(broker), { describe: 'readiness' });
    for (let copy = 0; copy < 3; copy += 1) {
      await publishRaw(vhost, JSON.stringify({ batchId }), { messageId, type: 'batch.received.v1' });
    }
    await send();
    await waitFor(async () => (await effects(note)) === 2, {
      describe: 'two effects: the repeated message and another',
    });
    await queueIsEmpty(vhost, 'file-splitter.batches');
    expect(await effects(note)).toBe(2);
    expect(handled).toBeLessThanOrEqual(4);
  });

  test('a message that fails goes through the retry ladder and succeeds', async () => {
    const attempts: number[] = [];
    const { letters } = await running(async ({ attempt }) => {
      attempts.push(attempt);
      return await Promise.resolve(attempt < 3 ? retry('not yet') : done);
    });
    await send();
    await waitFor(async () => await Promise.resolve(attempts.length === 3), { describe: 'three attempts' });
    expect(attempts).toEqual([1, 2, 3]);
    expect(letters).toEqual([]);
  });

  test('a message that keeps throwing becomes a dead letter with its error and attempts', async () => {
    const { letters } = await running(async () => {
      await Promise.resolve();
      throw new TypeError('poison');
    });
    await send();
    await waitFor(async () => await Promise.resolve(letters.length === 1), { describe: 'a dead letter' });
    expect(letters[0]).toMatchObject({
      queue: 'file-splitter.batches',
      messageName: 'batch.received.v1',
      attempts: 3,
      reason: 'gave up after 3 attempts: poison',
      error: { type: 'TypeError', message: 'poison' },
      failureClass: 'unknown',
    });
    expect(letters[0]?.firstFailedAt).toMatch(/^\d{4}-/);
  });

  test('a rejected message becomes a dead letter at once', async () => {
    let handled = 0;
    const { letters } = await running(async () => {
      handled += 1;
      return await Promise.resolve(reject('no such batch'));
    });
    await send();
    await waitFor(async () => await Promise.resolve(letters.length === 1), { describe: 'a dead letter' });
    expect(handled).toBe(1);
    expect(letters[0]).toMatchObject({ reason: 'no such batch', attempts: 1, failureClass: 'permanent' });
  });

  test('a message whose transaction ends without `done` leaves no effect', async () => {
    const note = randomUUID();
    const { letters } = await running(
      async (delivery) =>
        await delivery.commit(async (tx) => {
          await tx.query('insert into effects (note) values ($1)', [note]);
          return reject('changed my mind');
        }),
    );
    await send();
    await waitFor(async () => await Promise.resolve(letters.length === 1), { describe: 'a dead letter' });
    expect(await effects(note)).toBe(0);
  });

  test.each([
    ['a body that is no JSON', '{', { messageId: randomUUID() }],
    ['a body that breaks its schema', '{"batchId":"7"}', { messageId: randomUUID() }],
    ['no id, so that a repeat could not be told', JSON.stringify({ batchId }), {}],
  ])('a message with %s is parked and never redelivered', async (_, body, properties) => {
    let handled = 0;
    const { vhost, broker, letters } = await running(async () => {
      handled += 1;
      return await Promise.resolve(done);
    });
    await waitFor(ready(broker), { describe: 'readiness' });
    await publishRaw(vhost, body, { type: 'batch.received.v1', ...properties });
    await waitFor(async () => await Promise.resolve(letters.length === 1), { describe: 'a parked message' });
    expect(letters[0]).toMatchObject({ queue: 'file-splitter.batches', failureClass: 'invalid' });
    expect(letters[0]?.body.toString()).toBe(body);
    expect(handled).toBe(0);
  });

  test('a message without a queue is kept, not dropped', async () => {
    const { broker, letters } = await running(async () => await Promise.resolve(done));
    await waitFor(ready(broker), { describe: 'readiness' });
    const messageId = randomUUID();
    await broker.publisher.publish({
      exchange: 'billing.work',
      routingKey: 'nobody.wants.v1',
      messageId,
      name: 'nobody.wants.v1',
      body: Buffer.from('{}'),
    });
    await waitFor(async () => await Promise.resolve(letters.length === 1), { describe: 'the unroutable message' });
    expect(letters[0]).toMatchObject({ queue: 'billing.unroutable', messageId });
  });

  test('a message that finds the storage away spends no attempt, however often', async () => {
    const attempts: number[] = [];
    const { letters } = await running(async ({ attempt }) => {
      attempts.push(attempt);
      await Promise.resolve();
      if (attempts.length <= 2 * RETRY_DELAYS_MS.length) throw new StorageUnavailableError('EACCES');
      return done;
    });
    await send();
    await waitFor(() => attempts.length === 2 * RETRY_DELAYS_MS.length + 1, { describe: 'the storage to be back' });
    expect(new Set(attempts)).toEqual(new Set([1]));
    expect(letters).toEqual([]);
  });

  test.each([
    [0, '16ms'],
    [0.5, '20ms'],
    [0.99, '25ms'],
  ])('a retried message takes the lane that the random number %d selects', async (chance, lane) => {
    const attempts: number[] = [];
    const handle: Handle = async ({ attempt }) => {
      attempts.push(attempt);
      return await Promise.resolve(attempt === 1 ? retry('not yet') : done);
    };
    const { broker, vhost } = await running(handle, { random: () => chance });
    await waitFor(ready(broker), { describe: 'readiness' });
    // A queue that gets a copy of every message in that lane.
    await vhost.api('PUT', `/queues/${vhost.name}/copies`, { durable: true });
    const bindings = `/bindings/${vhost.name}/e/billing.retry/q/copies`;
    await vhost.api('POST', bindings, { routing_key: `file-splitter.batches.retry.${lane}` });
    await send();
    await waitFor(() => attempts.includes(2), { describe: 'the second attempt' });
    const get = { count: 10, ackmode: 'ack_requeue_false', encoding: 'auto' };
    const copies = await vhost.api('POST', `/queues/${vhost.name}/copies/get`, get);
    expect(copies).toHaveLength(1);
  });

  test('a retried message uses the ladder although its step was deleted', async () => {
    const attempts: number[] = [];
    const { broker, vhost } = await running(async ({ attempt }) => {
      attempts.push(attempt);
      return await Promise.resolve(attempt === 1 ? retry('not yet') : done);
    });
    await waitFor(ready(broker), { describe: 'readiness' });
    await vhost.api('DELETE', `/queues/${vhost.name}/file-splitter.batches.retry.20ms`);
    await send();
    await waitFor(async () => await Promise.resolve(attempts.includes(2)), { describe: 'the second attempt' });
    expect(attempts).toEqual([1, 2]);
  });

  test('a message published to an exchange without an alternate comes back as a failure', async () => {
    const { broker } = await running(async () => await Promise.resolve(done));
    await waitFor(ready(broker), { describe: 'readiness' });
    await expect(
      broker.publisher.publish({
        exchange: 'billing.dead',
        routingKey: 'nowhere',
        messageId: randomUUID(),
        name: 'x',
        body: Buffer.from('{}'),
      }),
    ).rejects.toThrow('no queue takes');
  });
});

describe('a consumer', () => {
  test('a consumer comes back after the broker closed its connections', async () => {
    const seen: string[] = [];
    const { vhost, broker } = await running(async ({ message }) => {
      seen.push(message.batchId);
      return await Promise.resolve(done);
    });
    await waitFor(ready(broker), { describe: 'readiness' });
    await closeConnections(vhost);
    const sent = randomUUID();
    await send({ batchId: sent });
    await waitFor(async () => await Promise.resolve(seen.includes(sent)), { describe: 'the message after the cut' });
    await waitFor(ready(broker), { describe: 'readiness again' });
  });

  test('a consumer comes back after its queue was deleted, and redeclares the queue', async () => {
    const seen: string[] = [];
    const { vhost, broker } = await running(async ({ message }) => {
      seen.push(message.batchId);
      return await Promise.resolve(done);
    });
    await waitFor(ready(broker), { describe: 'readiness' });
    await vhost.api('DELETE', `/queues/${vhost.name}/file-splitter.batches`);
    await waitFor(async () => !(await ready(broker)()), { describe: 'the consumer to notice' });
    await waitFor(ready(broker), { describe: 'readiness again' });
    const sent = randomUUID();
    await send({ batchId: sent });
    await waitFor(async () => await Promise.resolve(seen.includes(sent)), { describe: 'the message' });
  });

  test('a consumer waits for a late broker and is not ready meanwhile', async () => {
    const vhost = await vhostForTest();
    const port = await freePort();
    const behind = new URL(vhost.url);
    behind.port = port.toString();
    const seen: string[] = [];
    const { broker } = await running(
      async ({ message }) => {
        seen.push(message.batchId);
        return await Promise.resolve(done);
      },
      { vhost, url: behind.href },
    );
    const sent = randomUUID();
    await send({ batchId: sent });
    expect(() => {
      broker.checkReady();
    }).toThrow('not connected');
    const proxy = await forwardTo(Number(new URL(vhost.url).port), port);
    onTestFinished(proxy.close);
    await waitFor(async () => await Promise.resolve(seen.includes(sent)), { describe: 'the message' });
  });

  test('a draining consumer finishes its current work and hands back the rest', async () => {
    const note = randomUUID();
    const vhost = await vhostForTest();
    const gate = new EventEmitter();
    const opened = once(gate, 'open');
    let begun = 0;
    const { broker } = await running(
      async (delivery) => {
        begun += 1;
        await opened;
        return await addEffect(note)(delivery);
      },
      { vhost },
    );
    for (let n = 0; n < 6; n += 1) await send({ batchId: randomUUID() });
    await waitFor(async () => await Promise.resolve(begun === 2), { describe: 'two deliveries in hand' });
    const drained = broker.drain(10_000);
    gate.emit('open');
    await drained;
    expect(await effects(note)).toBe(2);

    await running(addEffect(note), { vhost });
    await waitFor(async () => (await effects(note)) === 6, { describe: 'the rest, done by another process' });
  });

  test('a broker refuses a second handler for a queue', async () => {
    const { broker } = await running(async () => await Promise.resolve(done));
    expect(() => {
      broker.handle({ queues: ['file-splitter.batches'], handle: async () => await Promise.resolve(done) });
    }).toThrow('two handlers');
  });
});

async function queueIsEmpty(vhost: TestVhost, queue: string): Promise<void> {
  const connection = await connect(vhost.url);
  const channel = await connection.createChannel();
  await waitFor(async () => (await channel.checkQueue(queue)).messageCount === 0, { describe: `an empty ${queue}` });
  await connection.close();
}

async function closeConnections(vhost: TestVhost): Promise<void> {
  interface Connection {
    readonly name: string;
    readonly vhost: string;
  }
  const list = async (): Promise<Connection[]> =>
    ((await vhost.api('GET', '/connections')) as Connection[]).filter((connection) => connection.vhost === vhost.name);
  // The management statistics are a few seconds behind the broker.
  await waitFor(async () => (await list()).length >= 2, {
    describe: 'connections in the management API',
    timeoutMs: 30_000,
  });
  for (const { name } of await list()) await vhost.api('DELETE', `/connections/${encodeURIComponent(name)}`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function forwardTo(target: number, port: number): Promise<{ close: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((client) => {
    const upstream = connectTcp(target, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
    }
    client.pipe(upstream).pipe(client);
  });
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
