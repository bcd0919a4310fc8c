import type { DataSource } from 'typeorm';
import { fragment, sql } from '#database';

const KEY = fragment`hashtextextended('export ' || ${'exportId'}::uuid, 0)`;

const HOLD = sql.returning({ held: 'bool' })`select pg_try_advisory_lock(${KEY}) as held`;
const LET_GO = sql.returning({ released: 'bool' })`select pg_advisory_unlock(${KEY}) as released`;

/**
 * Runs `work` while no other delivery holds the export; returns undefined when another one does. The lock belongs to a
 * connection, because a transaction would keep the database from vacuuming for as long as the files take. The lock ends
 * with the process.
 */
export async function whileHeld<T>(
  dataSource: DataSource,
  exportId: string,
  work: () => Promise<T>,
): Promise<T | undefined> {
  const runner = dataSource.createQueryRunner();
  try {
    const row = await HOLD.row(runner.manager, { exportId });
    if (row?.held !== true) return undefined;
    try {
      return await work();
    } finally {
      // If the connection broke, PostgreSQL has already released the lock.
      await LET_GO.run(runner.manager, { exportId }).catch(() => undefined);
    }
  } finally {
    await runner.release();
  }
}
