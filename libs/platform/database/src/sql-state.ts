import pg from 'pg';
import { QueryFailedError } from 'typeorm';

/** The delay before the next attempt: it doubles from `min` to `max` milliseconds. */
export interface RetryDelay {
  readonly minMs: number;
  readonly maxMs: number;
}

/**
 * The state of the database: `away` if it is unavailable, `busy` if it is available and other transactions are in the
 * way.
 */
type DatabaseTrouble = 'away' | 'busy';

interface Retryable extends RetryDelay {
  readonly trouble: DatabaseTrouble;
}

/** Conditions that PostgreSQL asks clients to retry, by SQLSTATE (PostgreSQL manual, appendix A). */
const RETRYABLE_SQLSTATES: ReadonlyMap<string, Retryable> = new Map([
  ['08000', { minMs: 200, maxMs: 5_000, trouble: 'away' }], // connection_exception
  ['08001', { minMs: 200, maxMs: 5_000, trouble: 'away' }], // sqlclient_unable_to_establish_sqlconnection
  ['08003', { minMs: 200, maxMs: 5_000, trouble: 'away' }], // connection_does_not_exist
  ['08004', { minMs: 200, maxMs: 5_000, trouble: 'away' }], // sqlserver_rejected_establishment_of_sqlconnection
  ['08006', { minMs: 200, maxMs: 5_000, trouble: 'away' }], // connection_failure
  ['25006', { minMs: 500, maxMs: 5_000, trouble: 'away' }], // read_only_sql_transaction: a standby that is being promoted
  ['40001', { minMs: 10, maxMs: 1_000, trouble: 'busy' }], // serialization_failure
  ['40P01', { minMs: 50, maxMs: 5_000, trouble: 'busy' }], // deadlock_detected
  ['53100', { minMs: 500, maxMs: 5_000, trouble: 'away' }], // disk_full
  ['53300', { minMs: 200, maxMs: 5_000, trouble: 'busy' }], // too_many_connections
  ['55P03', { minMs: 50, maxMs: 5_000, trouble: 'busy' }], // lock_not_available: lock_timeout
  ['57P01', { minMs: 200, maxMs: 5_000, trouble: 'away' }], // admin_shutdown
  ['57P02', { minMs: 200, maxMs: 5_000, trouble: 'away' }], // crash_shutdown
  ['57P03', { minMs: 500, maxMs: 5_000, trouble: 'away' }], // cannot_connect_now: starting up or shutting down
  ['58030', { minMs: 500, maxMs: 5_000, trouble: 'away' }], // io_error
  // undefined_file: the program was replaced under a running server, and its libraries are no longer where it looks.
  ['58P01', { minMs: 500, maxMs: 5_000, trouble: 'away' }],
]);

/**
 * No connection could be opened, and neither the server nor the system gives a reason: it was closed before the session
 * began, or took too long. The place where it happens identifies it (see data-source.ts), because pg uses several plain
 * messages.
 */
export class NoConnectionError extends Error {
  override readonly name = 'NoConnectionError';

  constructor(cause: Error) {
    super(`no connection to the database: ${cause.message}`, { cause });
  }
}

/** The connection broke or was never opened. The server gave no reason, so there is no SQLSTATE. */
const CONNECTION_DELAY: Retryable = { minMs: 200, maxMs: 5_000, trouble: 'away' };

/** Codes of Node's system errors (`code`) that mean that a server is away. */
const CONNECTION_ERRNOS: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

const UNIQUE_VIOLATION = '23505';

/** The SQLSTATE of the error, five characters; undefined when the error did not come from the server. */
export function sqlState(error: unknown): string | undefined {
  const origin: unknown = error instanceof QueryFailedError ? error.driverError : error;
  return origin instanceof pg.DatabaseError ? origin.code : undefined;
}

/** The name of the unique constraint that a row would have violated; undefined for any other error. */
export function violatedConstraint(error: unknown): string | undefined {
  const origin: unknown = error instanceof QueryFailedError ? error.driverError : error;
  return origin instanceof pg.DatabaseError && origin.code === UNIQUE_VIOLATION ? origin.constraint : undefined;
}

function errno(error: unknown): string | undefined {
  const origin: unknown = error instanceof QueryFailedError ? error.driverError : error;
  // Node tries every address of a host name and reports all failures in one error.
  if (origin instanceof AggregateError) return origin.errors.map((each) => errno(each)).find(Boolean);
  if (origin instanceof Error && 'code' in origin && typeof origin.code === 'string') return origin.code;
  return undefined;
}

/**
 * The delay before the whole transaction is tried again; undefined if another attempt would not help. `connectionLost`:
 * the connection is known to be lost, whatever the error says.
 */
export function retryDelay(error: unknown, connectionLost: boolean): RetryDelay | undefined {
  return retryable(error, connectionLost);
}

function retryable(error: unknown, connectionLost: boolean): Retryable | undefined {
  const state = sqlState(error);
  if (state !== undefined) return RETRYABLE_SQLSTATES.get(state);
  const isGone = connectionLost || CONNECTION_ERRNOS.has(errno(error) ?? '') || isBrokenConnection(error);
  return isGone ? CONNECTION_DELAY : undefined;
}

/**
 * True for the plain Error with which pg fails the queries of a broken connection. An error in the code has a subclass
 * or a code.
 */
function isBrokenConnection(error: unknown): boolean {
  if (error instanceof NoConnectionError) return true;
  if (!(error instanceof QueryFailedError)) return false;
  const { driverError } = error;
  return driverError.constructor === Error && !('code' in driverError);
}

/** True if the same transaction may succeed at another attempt. */
export function isRetryable(error: unknown): boolean {
  return retryDelay(error, false) !== undefined;
}

/** The database's part in the error; undefined if the database did not cause it. */
export function databaseTrouble(error: unknown): DatabaseTrouble | undefined {
  return retryable(error, false)?.trouble;
}

/**
 * True if a COMMIT that ended in this error certainly committed nothing. A server that refuses (a deferred constraint,
 * a serialization failure) has rolled back. After a shutdown or silence the outcome is unknown.
 */
export function commitWasRefused(error: unknown): boolean {
  const state = sqlState(error);
  return state !== undefined && !state.startsWith('08') && !state.startsWith('57P') && state !== '40003';
}
