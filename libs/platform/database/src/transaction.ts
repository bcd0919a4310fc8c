import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { commitWasRefused, retryDelay } from './sql-state.ts';
import type { Db } from './sql.ts';

const ATTEMPTS_MAX = 5;

/**
 * A transaction, which withTransaction alone begins. Functions whose locks or writes hold only until a commit take one,
 * so that the compiler refuses a data source's own manager there.
 */
export type Tx = EntityManager & { readonly [inTransaction]: true };
declare const inTransaction: unique symbol;

/** Values of the database's own settings, by their names. They end with the transaction that they are set in. */
export type Settings = Readonly<Record<string, string>>;

/**
 * The connection was lost during COMMIT, so the transaction may or may not have been committed. It is never retried
 * blindly. The caller must check for its effects (a redelivery finds its inbox row).
 */
export class AmbiguousCommitError extends Error {
  override readonly name = 'AmbiguousCommitError';

  constructor(cause: unknown) {
    super('the connection was lost during COMMIT: the transaction may or may not have happened', { cause });
  }
}

/**
 * Runs `work` in one READ COMMITTED transaction and commits it. After a retryable error (deadlock, serialization
 * failure, lost connection …) the whole of `work` runs again in a new transaction, at most `attemptsMax` times in all
 * (default 5). So `work` must have no effect except through `tx`.
 *
 * Rejects with the error of `work` (rolled back), the last error of the database, or AmbiguousCommitError.
 */
export async function withTransaction<T>(
  dataSource: DataSource,
  work: (tx: Tx) => Promise<T>,
  options: { readonly attemptsMax?: number; readonly settings?: Settings } = {},
): Promise<T> {
  const attemptsMax = options.attemptsMax ?? ATTEMPTS_MAX;
  for (let attempt = 1; ; attempt += 1) {
    const runner = dataSource.createQueryRunner();
    try {
      return await runOnce(runner, work, options.settings);
    } catch (error) {
      // TypeORM releases a runner before this code does only when its connection broke.
      const wait = error instanceof AmbiguousCommitError ? undefined : retryDelay(error, runner.isReleased);
      if (wait === undefined || attempt >= attemptsMax) throw error;
      // Full jitter: two transactions that met in a deadlock must not meet again.
      await delay(Math.random() * Math.min(wait.maxMs, wait.minMs * 2 ** attempt));
    } finally {
      await runner.release();
    }
  }
}

/**
 * Runs `work`, which only reads, in one READ COMMITTED, READ ONLY transaction with these settings. The settings travel
 * with its first statement, so that one statement costs two round trips: itself, and the end. Rejects with the error of
 * `work` or of the database; nothing is tried again.
 */
export async function withReading<T>(
  dataSource: DataSource,
  settings: Settings,
  work: (db: Db) => Promise<T>,
): Promise<T> {
  const runner = dataSource.createQueryRunner();
  const reading = { isOver: false };
  try {
    const client = await clientOf(runner);
    Reflect.set(client, PIPELINE, true);
    const begun = client.query(`begin read only; ${settingText(settings)}`);
    // A failure is reported below; it must not count as unhandled while `work` runs.
    begun.catch(() => undefined);
    try {
      const result = await work(Object.assign(runner.manager, { queryPrepared: preparedOn(client, reading) }));
      await begun;
      return result;
    } finally {
      reading.isOver = true;
      // Ends a transaction that has failed, too.
      await client.query('commit').catch(() => undefined);
      Reflect.set(client, PIPELINE, false);
    }
  } finally {
    await runner.release();
  }
}

/**
 * A connection of a pool lives long, so that a plan serves many readings. A branch that outlives its own reading (of a
 * Promise.all that was rejected) is refused, because the connection may serve another tenant by then.
 */
function preparedOn(client: pg.Client, reading: { readonly isOver: boolean }): NonNullable<Db['queryPrepared']> {
  return async ({ name, text, values }) => {
    if (reading.isOver) throw new Error('the reading is over: its connection may serve another one');
    const { rows } = await client.query<object>({ name, text, values: [...values] });
    return rows;
  };
}

/** pg's field that lets a query leave before the one before it is answered. Its types call it read-only. */
const PIPELINE = 'pipeline';

/** Sets them until the transaction ends. The text is for pg's simple protocol, which takes no parameters. */
function settingText(settings: Settings): string {
  const calls = Object.entries(settings).map(
    ([name, value]) => `set_config(${pg.escapeLiteral(name)}, ${pg.escapeLiteral(value)}, true)`,
  );
  return `select ${calls.join(', ')}`;
}

async function runOnce<T>(
  runner: QueryRunner,
  work: (tx: Tx) => Promise<T>,
  settings: Settings | undefined,
): Promise<T> {
  await runner.startTransaction(); // READ COMMITTED, set for the whole connection in data-source.ts
  const { manager } = runner;
  if (!isTransaction(manager)) throw new TypeError('the transaction has not begun');
  let result: T;
  try {
    if (settings !== undefined) await runner.query(settingText(settings));
    result = await work(manager);
    // Thrown here, where certainly no COMMIT was sent: the work can safely run again.
    if (runner.isReleased) throw new Error('the connection was lost before COMMIT');
  } catch (error) {
    await rollBack(runner);
    throw error;
  }
  await commit(runner);
  return result;
}

function isTransaction(manager: EntityManager): manager is Tx {
  return manager.queryRunner?.isTransactionActive === true;
}

/**
 * Commits on the connection itself, because TypeORM hides the answer. COMMIT of an aborted transaction rolls back and
 * reports success, so an error that `work` caught would silently lose its writes.
 */
async function commit(runner: QueryRunner): Promise<void> {
  const client = await clientOf(runner);
  let command: string;
  try {
    ({ command } = await client.query('commit'));
  } catch (error) {
    if (commitWasRefused(error)) throw error;
    throw new AmbiguousCommitError(error);
  }
  if (command !== 'COMMIT') {
    throw new Error('the transaction was aborted by an error that its work caught: everything was rolled back');
  }
}

async function clientOf(runner: QueryRunner): Promise<pg.Client> {
  const client: unknown = await runner.connect();
  if (client instanceof pg.Client) return client;
  throw new TypeError('this DataSource is not connected through pg');
}

/**
 * Rolls back. A rollback that fails has lost its connection, and so the transaction ends; the first error is the one to
 * report.
 */
async function rollBack(runner: QueryRunner): Promise<void> {
  if (runner.isReleased) return;
  try {
    await runner.rollbackTransaction();
  } catch {
    // There is nothing left to roll back.
  }
}
