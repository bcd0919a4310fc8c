import type { DataSource } from 'typeorm';

const KEY = `hashtextextended('export ' || $1::uuid, 0)`;

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
    const rows: { held: boolean }[] = await runner.query(`select pg_try_advisory_lock(${KEY}) as held`, [exportId]);
    if (rows[0]?.held !== true) return undefined;
    try {
      return await work();
    } finally {
      // If the connection broke, PostgreSQL has already released the lock.
      await runner.query(`select pg_advisory_unlock(${KEY})`, [exportId]).catch(() => undefined);
    }
  } finally {
    await runner.release();
  }
}
