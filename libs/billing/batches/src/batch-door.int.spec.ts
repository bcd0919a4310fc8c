import { expect, test } from 'vitest';
import { withTransaction } from '#database';
import { testDatabase, waitFor } from '#testing';
import { closeBatchDoors, enterBatch } from './batch-door.queries.ts';

const BATCH = '018f0000-0000-7000-8000-000000000001';

/** A gate that is closed until a test opens it. */
class Gate {
  readonly opened: Promise<void>;
  open!: () => void;

  constructor() {
    this.opened = new Promise((resolve) => {
      this.open = resolve;
    });
  }
}

test('the end of a batch comes between its parts, even if the next part arrives before the last has left', async () => {
  const { dataSource } = await testDatabase();
  const order: string[] = [];
  const waiting = async (): Promise<number> => {
    const rows: unknown[] = await dataSource.query(
      `select 1
       from pg_locks
       where locktype = 'advisory' and not granted
         and database = (select oid from pg_database where datname = current_database())`,
    );
    return rows.length;
  };

  const firstIsIn = new Gate();
  const firstMayLeave = new Gate();
  const first = withTransaction(dataSource, async (tx) => {
    await enterBatch(tx, BATCH);
    firstIsIn.open();
    await firstMayLeave.opened;
    order.push('first part');
  });
  await firstIsIn.opened;
  const cancelling = withTransaction(dataSource, async (tx) => {
    await closeBatchDoors(tx, [BATCH]);
    order.push('cancelled');
  });
  await waitFor(async () => (await waiting()) === 1, { describe: 'the cancellation waits' });
  const second = withTransaction(dataSource, async (tx) => {
    await enterBatch(tx, BATCH);
    order.push('second part');
  });
  await waitFor(async () => (await waiting()) === 2, { describe: 'the second part waits behind it' });

  firstMayLeave.open();
  await Promise.all([first, cancelling, second]);
  expect(order).toEqual(['first part', 'cancelled', 'second part']);
});

test('parts of a batch do not wait for each other', async () => {
  const { dataSource } = await testDatabase();
  await withTransaction(dataSource, async (outer) => {
    await enterBatch(outer, BATCH);
    await withTransaction(dataSource, async (inner) => {
      await enterBatch(inner, BATCH);
    });
  });
});
