import type { DataSource } from 'typeorm';

const KEY = `hashtextextended('export ' || $1::uuid, 0)`;

/**
 * Runs `work` while no other delivery has the export in hand; undefined when one has. Held by a connection and not by a
 * transaction, which would keep the database from clearing up for as long as the files take. It ends with the process.
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
      // PostgreSQL has released the lock already when the connection broke.
      await runner.query(`select pg_advisory_unlock(${KEY})`, [exportId]).catch(() => undefined);
    }
  } finally {
    await runner.release();
  }
}
