import type { DataSource } from 'typeorm';
import { runMigrations, waitForDatabase, withTransaction } from '#database';
import type { Logger } from '#observability';
import { insertDemoIssuer } from './demo-issuer.queries.ts';

export interface MigrateOptions {
  readonly dataSource: DataSource;
  readonly logger: Logger;
  /** Ends the wait for a database that does not come. */
  readonly signal: AbortSignal;
  readonly seedDemoIssuer: boolean;
}

/** Waits for the database, brings its schema up to date, adds the demo issuer, and says so in one line. Safe to repeat. */
export async function migrate({ dataSource, logger, signal, seedDemoIssuer }: MigrateOptions): Promise<void> {
  await waitForDatabase(dataSource, { logger, signal, schema: 'any' });
  const migrations = await runMigrations(dataSource);
  const added = seedDemoIssuer && (await withTransaction(dataSource, insertDemoIssuer));
  logger.info('database migrated', { event: 'database.migrated', migrations, demoIssuerAdded: added });
}
