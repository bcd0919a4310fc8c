import { Socket } from 'node:net';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { migrations } from '../../../../migrations/index.ts';
import { NoConnectionError } from './sql-state.ts';

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
 * A statement ends within its timeout, one way or another. A server that says nothing for this much longer is gone
 * without a word (a failover, a router that forgot us), which TCP alone notices after a quarter of an hour.
 */
const SILENCE_FACTOR = 1.5;

type Connected = Parameters<pg.Pool['connect']>[0];

/** A failure to connect is known as one by where it happens, whatever it says. */
class ConnectingPool extends pg.Pool {
  constructor(config: pg.PoolConfig) {
    super(config);
    const silenceMs = SILENCE_FACTOR * Number(config.statement_timeout);
    this.on('connect', (client) => {
      // The server's farewell may stand in the packet that ends the handshake, before TypeORM listens to the connection. An
      // 'error' event without a listener ends the process; the next statement meets the lost connection anyway.
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

/** pg does not offer the socket under a connection; a test notices when it is no longer there. */
export function streamOf(client: object): Socket | undefined {
  const connection: unknown = Reflect.get(client, 'connection');
  const stream: unknown = typeof connection === 'object' && connection !== null && Reflect.get(connection, 'stream');
  return stream instanceof Socket ? stream : undefined;
}

/** What the server or the system explains stays as it is. */
function explain(error: Error): Error {
  return 'code' in error || error instanceof AggregateError ? error : new NoConnectionError(error);
}

/**
 * The one way to PostgreSQL, not yet connected: see waitForDatabase. Every session runs in UTC and READ COMMITTED.
 * In what queries return, `bigint` is a string (convert it in the query function), `date` is 'YYYY-MM-DD',
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
