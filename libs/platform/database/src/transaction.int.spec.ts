import { EventEmitter, once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { DataSource, EntityManager } from 'typeorm';
import { describe, expect, onTestFinished, test } from 'vitest';
import { testDatabase, type TestDatabase } from '#testing';
import { createDataSource } from './data-source.ts';
import { sqlState } from './sql-state.ts';
import { AmbiguousCommitError, withTransaction } from './transaction.ts';

async function withTable(): Promise<TestDatabase> {
  const database = await testDatabase();
  await database.dataSource.query('create table account (id int primary key, balance int not null)');
  await database.dataSource.query('insert into account values (1, 100), (2, 100)');
  return database;
}

async function add(tx: EntityManager, id: number, amount: number): Promise<void> {
  await tx.query('update account set balance = balance + $2 where id = $1', [id, amount]);
}

async function balances(dataSource: DataSource): Promise<readonly number[]> {
  const rows: { balance: number }[] = await dataSource.query('select balance from account order by id');
  return rows.map((row) => row.balance);
}

/** Resolves for all callers once `parties` of them have arrived. Later callers pass at once. */
function meetingPoint(parties: number): () => Promise<void> {
  let arrived = 0;
  const door = new EventEmitter();
  const opened = once(door, 'open');
  return async () => {
    arrived += 1;
    if (arrived >= parties) door.emit('open');
    await opened;
  };
}

describe('withTransaction', () => {
  test('withTransaction commits the writes of its work and returns its result', async () => {
    const { dataSource } = await withTable();
    const result = await withTransaction(dataSource, async (tx) => {
      await add(tx, 1, 5);
      return 'done';
    });
    expect(result).toBe('done');
    expect(await balances(dataSource)).toEqual([105, 100]);
  });

  test('withTransaction rolls back when its work fails, and rejects with the same error', async () => {
    const { dataSource } = await withTable();
    const failure = new Error('no');
    const work = withTransaction(dataSource, async (tx) => {
      await add(tx, 1, 5);
      throw failure;
    });
    await expect(work).rejects.toBe(failure);
    expect(await balances(dataSource)).toEqual([100, 100]);
  });

  test('a transaction is retried after the libraries were replaced under a running server', async () => {
    const { dataSource } = await withTable();
    const states: (string | undefined)[] = [];
    await withTransaction(dataSource, async (tx) => {
      await add(tx, 1, 5);
      if (states.length > 0) return;
      // The error of a session that calls a function of a library that no longer exists.
      await tx.query(`load '$libdir/replaced_by_an_upgrade'`).catch((error: unknown) => {
        states.push(sqlState(error));
        throw error;
      });
    });
    expect(states).toEqual(['58P01']);
    expect(await balances(dataSource)).toEqual([105, 100]);
  });

  test('two transactions in a deadlock both end up committed', async () => {
    const { dataSource } = await withTable();
    const bothHoldOne = meetingPoint(2);
    let attempts = 0;
    const transfer = (first: number, second: number): Promise<void> =>
      withTransaction(dataSource, async (tx) => {
        attempts += 1;
        await add(tx, first, 1);
        await bothHoldOne();
        await add(tx, second, 10);
      });

    await Promise.all([transfer(1, 2), transfer(2, 1)]);

    expect(attempts).toBeGreaterThan(2); // otherwise there was no deadlock
    expect(await balances(dataSource)).toEqual([111, 111]);
  });

  test('a serialization failure is retried', async () => {
    const { dataSource } = await withTable();
    const bothHaveRead = meetingPoint(2);
    let attempts = 0;
    const moveAll = (from: number, to: number): Promise<void> =>
      withTransaction(dataSource, async (tx) => {
        attempts += 1;
        await tx.query('set transaction isolation level serializable');
        const [row]: { balance: number }[] = await tx.query('select balance from account where id = $1', [from]);
        await bothHaveRead();
        await tx.query('update account set balance = $2 where id = $1', [to, row?.balance]);
      });

    await Promise.all([moveAll(1, 2), moveAll(2, 1)]);
    expect(attempts).toBeGreaterThan(2);
  });

  test('work whose connection is killed runs again on another connection', async () => {
    const { dataSource } = await withTable();
    let attempts = 0;
    await withTransaction(dataSource, async (tx) => {
      attempts += 1;
      await add(tx, 1, 5);
      if (attempts === 1) await tx.query('select pg_terminate_backend(pg_backend_pid())');
    });
    expect(attempts).toBe(2);
    expect(await balances(dataSource)).toEqual([105, 100]);
  });

  test('a lasting condition ends in its own error after the last attempt', async () => {
    const { dataSource } = await withTable();
    let attempts = 0;
    const work = withTransaction(
      dataSource,
      async (tx) => {
        attempts += 1;
        await tx.query(`do $$ begin raise exception 'again' using errcode = '40001'; end $$`);
      },
      { attemptsMax: 3 },
    );
    await expect(work).rejects.toMatchObject({ driverError: { code: '40001' } });
    expect(attempts).toBe(3);
  });

  test('a violated constraint is not retried', async () => {
    const { dataSource } = await withTable();
    let attempts = 0;
    const work = withTransaction(dataSource, async (tx) => {
      attempts += 1;
      await tx.query('insert into account values (1, 0)');
    });
    await expect(work).rejects.toMatchObject({ driverError: { code: '23505' } });
    expect(attempts).toBe(1);
  });

  test('work that hid an error is refused: PostgreSQL would roll back and report success', async () => {
    const { dataSource } = await withTable();
    const work = withTransaction(dataSource, async (tx) => {
      await add(tx, 1, 5);
      await tx.query('insert into account values (1, 0)').catch(() => undefined);
    });
    await expect(work).rejects.toThrow('aborted');
    expect(await balances(dataSource)).toEqual([100, 100]);
  });

  test('a connection lost during COMMIT is ambiguous and never retried', async () => {
    const { dataSource, url } = await withTable();
    const proxied = await behindCuttingProxy(url);
    let attempts = 0;
    const work = withTransaction(proxied, async (tx) => {
      attempts += 1;
      await add(tx, 1, 5);
    });
    await expect(work).rejects.toThrow(AmbiguousCommitError);
    expect(attempts).toBe(1);
    expect(await balances(dataSource)).toEqual([105, 100]); // in this case it was committed
  });
});

/** A connected DataSource whose COMMIT reaches the server, but whose answer is lost. */
async function behindCuttingProxy(url: string): Promise<DataSource> {
  const target = new URL(url);
  const { hostname, port } = target;
  const sockets: Socket[] = [];
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    sockets.push(client, upstream);
    client.on('error', () => undefined);
    let cut = false;
    client.on('data', (bytes) => {
      cut ||= bytes.includes('commit\0');
      upstream.write(bytes);
    });
    upstream.on('data', (bytes) => (cut ? client.destroy() : client.write(bytes)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  target.hostname = '127.0.0.1';
  target.port = (server.address() as AddressInfo).port.toString();
  const dataSource = createDataSource({ url: target.href, poolMax: 2, applicationName: 'test-proxied' });
  onTestFinished(async () => {
    if (dataSource.isInitialized) await dataSource.destroy();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await dataSource.initialize();
  return dataSource;
}
