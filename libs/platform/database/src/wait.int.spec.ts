import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { DataSource } from 'typeorm';
import { describe, expect, onTestFinished, test } from 'vitest';
import { testDatabase, testEmptyDatabase, waitFor } from '#testing';
import { createDataSource, poolStatistics } from './data-source.ts';
import { runMigrations } from './migrate.ts';
import { pingDatabase, waitForDatabase, type DatabaseLogger } from './wait.ts';

interface Line {
  readonly level: string;
  readonly message: string;
  readonly fields: Record<string, unknown>;
}

function recordingLogger(): DatabaseLogger & { readonly lines: Line[] } {
  const lines: Line[] = [];
  return {
    lines,
    info: (message, fields) => lines.push({ level: 'info', message, fields }),
    warn: (message, fields) => lines.push({ level: 'warn', message, fields }),
  };
}

function disconnected(url: string): DataSource {
  const dataSource = createDataSource({ url, poolMax: 3, applicationName: 'test-waiting' });
  onTestFinished(async () => {
    if (dataSource.isInitialized) await dataSource.destroy();
  });
  return dataSource;
}

/** The database behind a port that refuses connections until `open` is called. */
async function behindClosedPort(url: string): Promise<{ readonly url: string; open(): Promise<void> }> {
  const target = new URL(url);
  const { port, hostname } = target;
  const sockets: Socket[] = [];
  const server: Server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    sockets.push(client, upstream);
    client.pipe(upstream).pipe(client);
    for (const socket of [client, upstream]) socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: free } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  target.hostname = '127.0.0.1';
  target.port = free.toString();
  return {
    url: target.href,
    open: async () => {
      server.listen(free, '127.0.0.1');
      await once(server, 'listening');
    },
  };
}

const never = new AbortController().signal;

describe('waitForDatabase', () => {
  test('waitForDatabase waits for a server that starts late', async () => {
    const { url } = await testDatabase();
    const late = await behindClosedPort(url);
    const dataSource = disconnected(late.url);
    const logger = recordingLogger();

    const waiting = waitForDatabase(dataSource, { logger, signal: never });
    await waitFor(() => logger.lines.length > 0, { describe: 'the first failed attempt' });
    await expect(pingDatabase(dataSource)).rejects.toThrow('not connected');
    await late.open();
    await waiting;

    expect(logger.lines[0]).toMatchObject({ level: 'warn', fields: { attempt: 1 } });
    expect(logger.lines.at(-1)).toMatchObject({ level: 'info', message: 'database connected' });
    await pingDatabase(dataSource);
  });

  test('waitForDatabase waits until the schema has every migration', async () => {
    const { dataSource: migrator, url } = await testEmptyDatabase();
    const logger = recordingLogger();
    const waiting = waitForDatabase(disconnected(url), { logger, signal: never });
    await waitFor(() => logger.lines.some((line) => 'pendingMigrations' in line.fields), {
      describe: 'the missing migrations to be noticed',
    });
    await runMigrations(migrator);
    await waiting;
  });

  test('waitForDatabase does not wait for migrations when the migrator calls it', async () => {
    const { url } = await testEmptyDatabase();
    const dataSource = disconnected(url);
    await waitForDatabase(dataSource, { logger: recordingLogger(), signal: never, schema: 'any' });
    expect(dataSource.isInitialized).toBe(true);
  });

  test('waitForDatabase ends when its signal aborts', async () => {
    const { url } = await testDatabase();
    const late = await behindClosedPort(url);
    const controller = new AbortController();
    const logger = recordingLogger();
    const waiting = waitForDatabase(disconnected(late.url), { logger, signal: controller.signal });
    await waitFor(() => logger.lines.length > 0, { describe: 'the first failed attempt' });
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('createDataSource', () => {
  test('createDataSource gives sessions in UTC and READ COMMITTED, with limits on waiting', async () => {
    const { dataSource } = await testDatabase();
    const rows: unknown = await dataSource.query(
      `select current_setting('TimeZone') as zone,
              current_setting('default_transaction_isolation') as isolation,
              current_setting('lock_timeout') as lock,
              current_setting('statement_timeout') as statement,
              current_setting('idle_in_transaction_session_timeout') as idle`,
    );
    expect(rows).toEqual([{ zone: 'UTC', isolation: 'read committed', lock: '15s', statement: '1min', idle: '1min' }]);
  });

  test('createDataSource returns a date as a day and a bigint as a string', async () => {
    const { dataSource } = await testDatabase();
    expect(await dataSource.query(`select date '2026-12-31' as day, 9007199254740993::bigint as big`)).toEqual([
      { day: '2026-12-31', big: '9007199254740993' },
    ]);
  });

  test('createDataSource counts its connections', async () => {
    const { url } = await testDatabase();
    const dataSource = disconnected(url);
    expect(poolStatistics(dataSource)).toEqual({ total: 0, idle: 0, waiting: 0 });
    await dataSource.initialize();
    const runner = dataSource.createQueryRunner();
    await runner.connect();
    expect(poolStatistics(dataSource)).toEqual({ total: 1, idle: 0, waiting: 0 });
    await runner.release();
    expect(poolStatistics(dataSource)).toEqual({ total: 1, idle: 1, waiting: 0 });
  });
});
