import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { silentLogger, testDatabase, waitFor } from '#testing';
import { createDataSource } from './data-source.ts';
import { Listener } from './listener.ts';
import { isRetryable } from './sql-state.ts';

/** Starts a test server on a free port and returns the URL that leads to it. */
async function listen(url: string, onConnection: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  const here = new URL(url);
  here.hostname = '127.0.0.1';
  here.port = (server.address() as AddressInfo).port.toString();
  return here.href;
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error('it was to fail');
}

test('a connection that the server closes before the session begins is retryable', async () => {
  const url = await listen('postgres://nobody:nothing@localhost/nowhere', (socket) => {
    socket.destroy();
  });
  const dataSource = createDataSource({ url, poolMax: 1, applicationName: 'test-broken' });
  expect(isRetryable(await failureOf(dataSource.initialize()))).toBe(true);
});

/** One message of PostgreSQL's protocol (https://www.postgresql.org/docs/15/protocol-message-formats.html). */
function message(type: string, body: Buffer): Buffer {
  const head = Buffer.from(`${type}0000`);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

test('a server that hangs up in the last packet of the handshake does not end the process', async () => {
  const authenticationOk = message('R', Buffer.alloc(4));
  const readyForQuery = message('Z', Buffer.from('I'));
  const farewell = message('E', Buffer.from('SFATAL\0VFATAL\0C57P01\0Mterminating connection\0\0'));
  let answered = 0;
  const url = await listen('postgres://nobody:nothing@localhost/nowhere', (socket) => {
    socket.once('data', () => {
      answered += 1;
      socket.end(Buffer.concat([authenticationOk, readyForQuery, farewell]));
    });
  });
  const dataSource = createDataSource({ url, poolMax: 1, applicationName: 'test-broken' });
  const uncaught: unknown[] = [];
  const note = (error: unknown): void => {
    uncaught.push(error);
  };
  process.on('uncaughtExceptionMonitor', note);
  onTestFinished(() => {
    process.off('uncaughtExceptionMonitor', note);
  });
  expect(isRetryable(await failureOf(dataSource.initialize()))).toBe(true);
  expect(answered).toBeGreaterThan(0);
  expect(uncaught).toEqual([]);
});

/** A proxy to the server that can be cut, or that can hold back every answer. */
async function wayTo(url: string) {
  const target = new URL(url);
  const pairs: [near: Socket, far: Socket][] = [];
  const here = await listen(url, (near) => {
    const far = connect(Number(target.port), target.hostname);
    far.on('error', () => undefined);
    near.pipe(far).pipe(near);
    pairs.push([near, far]);
  });
  const cut = (): void => {
    for (const socket of pairs.flat()) socket.destroy();
  };
  onTestFinished(cut);
  const mute = (): void => {
    for (const [near, far] of pairs) far.unpipe(near);
  };
  return { url: here, cut, mute };
}

test('a connection that breaks in the middle of a query is retryable', async () => {
  const { url, dataSource: beside } = await testDatabase();
  const way = await wayTo(url);
  const dataSource = await createDataSource({ url: way.url, poolMax: 1, applicationName: 'test-broken' }).initialize();
  onTestFinished(async () => {
    await dataSource.destroy();
  });
  const failure = failureOf(dataSource.query('select pg_sleep(30)'));
  await waitFor(
    async () => {
      const rows: unknown[] = await beside.query(
        `select 1 from pg_stat_activity where application_name = 'test-broken' and wait_event = 'PgSleep'`,
      );
      return rows.length === 1;
    },
    { describe: 'the query to run' },
  );
  way.cut();
  expect(isRetryable(await failure)).toBe(true);
});

test('a connection that falls silent is retryable, and its end is not waited for', async () => {
  const { url } = await testDatabase();
  const way = await wayTo(url);
  const options = { url: way.url, poolMax: 1, applicationName: 'test-silent', statementTimeoutMs: 1_000 };
  const dataSource = await createDataSource(options).initialize();
  onTestFinished(async () => {
    await dataSource.destroy();
  });
  way.mute();
  expect(isRetryable(await failureOf(dataSource.query('select 1')))).toBe(true);
});

test('a programming error is not retryable', async () => {
  const { dataSource } = await testDatabase();
  expect(isRetryable(await failureOf(dataSource.query('select nonsense')))).toBe(false);
});

test('a listener without answers from the server reconnects, and stops even then', async () => {
  const database = await testDatabase();
  const { url, mute } = await wayTo(database.url);
  let begun = 0;
  const listener = new Listener({
    dataSource: createDataSource({ url, poolMax: 1, applicationName: 'test-muted' }),
    channels: ['one'],
    logger: silentLogger(),
    onNotification: () => {
      begun += 1;
    },
    pingEveryMs: 20,
    answerTimeoutMs: 200,
  });
  listener.start();
  await waitFor(() => begun === 1, { describe: 'listening' });
  mute();
  await waitFor(() => begun === 2, { describe: 'listening anew' });
  mute();
  await listener.stop();
});
