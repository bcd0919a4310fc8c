import pg from 'pg';
import { DataSource } from 'typeorm';
import { migrations } from '../../../migrations/index.ts';
import { entities } from './entities/index.ts';
import { ConstraintNames } from './naming.ts';

export interface DataSourceOptions {
  /** postgres://user:password@host:port/database */
  readonly url: string;
  /** Connections this process may hold. Replicas × poolMax must fit PostgreSQL's max_connections. */
  readonly poolMax: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  /** Default STATEMENT_TIMEOUT_MS. */
  readonly statementTimeoutMs?: number;
}

/** One message is at most about this much work; a statement that takes longer is stuck. */
const STATEMENT_TIMEOUT_MS = 60_000;
/** Longer than any chunk's transaction takes; shorter than a statement may. Ends in 55P03, which is tried again. */
const LOCK_TIMEOUT_MS = 15_000;
/** A process that stopped inside a transaction must not hold its locks. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 60_000;
/** For a new connection, and for a free one when all are busy. */
const CONNECT_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_DELAY_MS = 30_000;

/** A `date` is a day on the calendar: it stays the text 'YYYY-MM-DD'. pg would make it midnight in the local zone. */
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.DATE, String);

/**
 * The one way to PostgreSQL, not yet connected: see waitForDatabase. Every session runs in UTC and READ COMMITTED.
 * In what queries return, `bigint` is a string (convert it in the query function), `date` is 'YYYY-MM-DD',
 * `timestamptz` is a Date.
 */
export function createDataSource(options: DataSourceOptions): DataSource {
  return new DataSource({
    type: 'postgres',
    url: options.url,
    poolSize: options.poolMax,
    applicationName: options.applicationName,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    entities,
    migrations,
    migrationsTableName: 'schema_migrations',
    migrationsTransactionMode: 'each',
    namingStrategy: new ConstraintNames(),
    uuidExtension: 'pgcrypto', // only says that uuids come from gen_random_uuid(), which needs no extension
    installExtensions: false,
    synchronize: false,
    logging: false,
    extra: {
      options: '-c TimeZone=UTC -c default_transaction_isolation=read\\ committed',
      statement_timeout: options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS,
      lock_timeout: LOCK_TIMEOUT_MS,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
      types,
    },
  });
}

export interface PoolStatistics {
  readonly total: number;
  readonly idle: number;
  /** Callers that wait for a connection: above 0 for long means poolMax is too small. */
  readonly waiting: number;
}

/** Connections of this process, for its metrics; all 0 before the first connection. */
export function poolStatistics(dataSource: DataSource): PoolStatistics {
  const { driver } = dataSource;
  const pool: unknown = 'master' in driver ? driver.master : undefined;
  if (!(pool instanceof pg.Pool)) return { total: 0, idle: 0, waiting: 0 };
  return { total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount };
}
