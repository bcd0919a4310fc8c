import { MigrationExecutor, type DataSource, type QueryRunner } from 'typeorm';
import { sqlState } from './sql-state.ts';

/** A number that no other advisory lock in this database uses. */
const MIGRATION_LOCK = 7_205_991_001;
/** A migration that waits for a lock makes every later query wait too. It is better to fail and be started again. */
const MIGRATION_LOCK_TIMEOUT = '10s';

const UNDEFINED_TABLE = '42P01';

/** This build is older than the database that it was given. */
export class SchemaNewerError extends Error {
  override readonly name = 'SchemaNewerError';

  constructor(unknown: readonly string[]) {
    super(
      `the database has migrations that this build does not know (${unknown.join(', ')}): ` +
        'run the migrations of the newer build, or restore a backup',
    );
  }
}

/**
 * Brings the schema up to date, each migration in a transaction of its own. Returns the names of the migrations that
 * ran. Any number of processes may call this at once: one works, the others wait and find nothing to do. Rejects with
 * SchemaNewerError if the database is ahead of this build.
 */
export async function runMigrations(dataSource: DataSource): Promise<readonly string[]> {
  const runner = dataSource.createQueryRunner();
  try {
    // Waiting for the other migrator is no reason to fail, and neither is a long migration.
    await runner.query('set statement_timeout = 0');
    await runner.query('set lock_timeout = 0');
    await runner.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    try {
      await runner.query(`set lock_timeout = '${MIGRATION_LOCK_TIMEOUT}'`);
      return await migrateLocked(dataSource, runner);
    } finally {
      if (!runner.isReleased) await handBack(runner);
    }
  } finally {
    await runner.release();
  }
}

async function migrateLocked(dataSource: DataSource, runner: QueryRunner): Promise<readonly string[]> {
  const known = new Set(knownMigrations(dataSource));
  const unknown = (await appliedMigrations(runner)).filter((name) => !known.has(name));
  if (unknown.length > 0) throw new SchemaNewerError(unknown);

  const executor = new MigrationExecutor(dataSource, runner);
  executor.transaction = 'each';
  const ran = await executor.executePendingMigrations();
  return ran.map((migration) => migration.name);
}

/** Returns the connection to the pool in its original state. */
async function handBack(runner: QueryRunner): Promise<void> {
  await runner.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]);
  await runner.query('reset lock_timeout');
  await runner.query('reset statement_timeout');
}

/** Migrations of this build that the database does not have yet, in order. */
export async function pendingMigrations(dataSource: DataSource): Promise<readonly string[]> {
  const applied = new Set(await appliedMigrations(dataSource));
  return knownMigrations(dataSource).filter((name) => !applied.has(name));
}

function knownMigrations(dataSource: DataSource): readonly string[] {
  return dataSource.migrations.map((migration) => migration.name ?? migration.constructor.name);
}

async function appliedMigrations(database: { query: (sql: string) => Promise<unknown> }): Promise<readonly string[]> {
  try {
    const rows = await database.query('select name from schema_migrations order by id');
    return Array.isArray(rows) ? rows.map((row: { name: string }) => row.name) : [];
  } catch (error) {
    if (sqlState(error) === UNDEFINED_TABLE) return [];
    throw error;
  }
}
