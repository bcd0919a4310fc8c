import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { pendingMigrations } from './migrate.ts';
import { sqlState } from './sql-state.ts';

/** The part of a logger that this library uses. */
export interface DatabaseLogger {
  info(message: string, fields: Record<string, unknown>): void;
  warn(message: string, fields: Record<string, unknown>): void;
}

const RETRY_DELAY_MS_MIN = 250;
const RETRY_DELAY_MS_MAX = 5_000;
/** A probe must answer before its caller gives up. */
const PING_TIMEOUT_MS = 1_000;

/**
 * Connects, however long the database takes to appear, and waits until its schema has every migration of this build.
 * Never gives up: only `signal` ends it (rejects with the signal's reason). Logs each failed attempt, and the success
 * after one. A newer schema is accepted, so that old and new processes can run side by side during a deploy.
 *
 * `schema: 'any'` skips the wait for the migrations: for the process that runs them.
 */
export async function waitForDatabase(
  dataSource: DataSource,
  options: { readonly logger: DatabaseLogger; readonly signal: AbortSignal; readonly schema?: 'migrated' | 'any' },
): Promise<void> {
  const { logger, signal, schema = 'migrated' } = options;
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    const obstacle = await connect(dataSource, schema);
    if (obstacle === undefined) {
      if (attempt > 1) logger.info('database connected', { event: 'database.connected', attempt });
      return;
    }
    const retryInMs = Math.min(RETRY_DELAY_MS_MIN * 2 ** (attempt - 1), RETRY_DELAY_MS_MAX);
    logger.warn('waiting for the database', { event: 'database.waiting', attempt, retryInMs, ...obstacle });
    await delay(retryInMs, undefined, { signal }).catch(() => {
      signal.throwIfAborted();
    });
  }
}

/** Tries once. Returns the obstacle, for the log; undefined when the database can be used. */
async function connect(dataSource: DataSource, schema: 'migrated' | 'any'): Promise<object | undefined> {
  try {
    if (!dataSource.isInitialized) await dataSource.initialize();
    const pending = schema === 'any' ? [] : await pendingMigrations(dataSource);
    return pending.length === 0 ? undefined : { pendingMigrations: pending };
  } catch (error) {
    return { err: error, sqlState: sqlState(error) };
  }
}

/** Resolves when the database answers. Rejects with a short reason, at the latest after PING_TIMEOUT_MS. */
export async function pingDatabase(dataSource: DataSource): Promise<void> {
  if (!dataSource.isInitialized) throw new Error('the database is not connected yet');
  const timer = new AbortController();
  const timeout = delay(PING_TIMEOUT_MS, undefined, { signal: timer.signal, ref: false }).then(() => {
    throw new Error(`the database did not answer within ${PING_TIMEOUT_MS.toString()} ms`);
  });
  try {
    await Promise.race([dataSource.query('select 1'), timeout]);
  } finally {
    timer.abort();
    timeout.catch(() => undefined);
  }
}
