import { Socket } from 'node:net';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { migrations } from '../../../../migrations/index.ts';
import { NoConnectionError } from './sql-state.ts';

export interface DataSourceOptions {
  /** postgres://user:password@host:port/database */
  readonly url: string;
  /** The most connections of this process. Replicas × poolMax must fit PostgreSQL's max_connections. */
  readonly poolMax: number;
  /** The name shown in pg_stat_activity. */
  readonly applicationName: string;
  /** Defaults to STATEMENT_TIMEOUT_MS. */
  readonly statementTimeoutMs?: number;
}

/** The work of one message takes at most about this long. A statement that takes longer is stuck. */
const STATEMENT_TIMEOUT_MS = 60_000;
/**
 * Longer than any chunk's transaction takes, and shorter than the statement timeout. It ends in 55P03, which is
 * retried.
 */
const LOCK_TIMEOUT_MS = 15_000;
/** Limits how long a process that stopped inside a transaction holds its locks. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 60_000;
/** Limit for a new connection, and for a free one when all are busy. */
const CONNECT_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_DELAY_MS = 30_000;

/**
 * Keeps a `date` as the text 'YYYY-MM-DD', because it is a calendar day. pg would make it midnight in the local time
 * zone.
 */
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.DATE, String);

/**
 * A statement ends within its timeout, with success or an error. A server that stays silent for this multiple of it is
 * lost without notice (a failover, a router that dropped the connection). TCP alone notices that only after a quarter
 * of an hour.
 */
const SILENCE_FACTOR = 1.5;

type Connected = Parameters<pg.Pool['connect']>[0];

/** Marks every failure to connect by the place where it happens, whatever its message. */
class ConnectingPool extends pg.Pool {
  constructor(config: pg.PoolConfig) {
    super(config);
    const silenceMs = SILENCE_FACTOR * Number(config.statement_timeout);
    this.on('connect', (client) => {
      // The server's last message may be in the packet that ends the handshake, before TypeORM listens to the
      // connection. An 'error' event without a listener ends the process. The next statement meets the lost connection
      // anyway.
      client.on('error', () => undefined);
      const stream = streamOf(client);
      stream?.setTimeout(silenceMs, () => stream.destroy(new Error('the database has fallen silent')));
    });
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<pg.PoolClient> | undefined {
    if (callback === undefined) {
      return super.connect().catch((error: unknown) => {
        throw error instanceof Error ? explain(error) : error;
      });
    }
    super.connect((error, client, done) => {
      callback(error === undefined ? undefined : explain(error), client, done);
    });
    return undefined;
  }
}

/** The socket of a connection. pg does not expose it; a test fails when the field disappears. */
export function streamOf(client: object): Socket | undefined {
  const connection: unknown = Reflect.get(client, 'connection');
  const stream: unknown = typeof connection === 'object' && connection !== null && Reflect.get(connection, 'stream');
  return stream instanceof Socket ? stream : undefined;
}

/** Leaves an error unchanged if the server or the system explains it. */
function explain(error: Error): Error {
  return 'code' in error || error instanceof AggregateError ? error : new NoConnectionError(error);
}

/**
 * Creates the only access to PostgreSQL, not yet connected: see waitForDatabase. Every session runs in UTC and READ
 * COMMITTED. In query results `bigint` is a string (convert it in the query function), `date` is 'YYYY-MM-DD', and
 * `timestamptz` is a Date.
 */
export function createDataSource(options: DataSourceOptions): DataSource {
  return new DataSource({
    type: 'postgres',
    driver: { ...pg, Pool: ConnectingPool },
    url: options.url,
    poolSize: options.poolMax,
    applicationName: options.applicationName,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    migrations,
    migrationsTableName: 'schema_migrations',
    migrationsTransactionMode: 'each',
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
  /** Callers that wait for a connection. If it stays above 0, poolMax is too small. */
  readonly waiting: number;
}

/** The connections of this process, for its metrics; all 0 before the first connection. */
export function poolStatistics(dataSource: DataSource): PoolStatistics {
  const { driver } = dataSource;
  const pool: unknown = 'master' in driver ? driver.master : undefined;
  if (!(pool instanceof pg.Pool)) return { total: 0, idle: 0, waiting: 0 };
  return { total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount };
}
