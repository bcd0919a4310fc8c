import pg from 'pg';
import { QueryFailedError } from 'typeorm';

/** How long to wait before the next attempt: doubles from `min` to `max` milliseconds. */
export interface RetryDelay {
  readonly minMs: number;
  readonly maxMs: number;
}

/** What is the matter with the database: it is not there, or it is there and others are in the way. */
type DatabaseTrouble = 'away' | 'busy';

interface Retryable extends RetryDelay {
  readonly trouble: DatabaseTrouble;
}

/** Conditions PostgreSQL asks us to try again, by SQLSTATE (PostgreSQL manual, appendix A). */
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
  // undefined_file: the program was replaced under a running server, and its libraries are no longer where it looks
  ['58P01', { minMs: 500, maxMs: 5_000, trouble: 'away' }],
]);

/**
 * No connection could be had, and neither the server nor the system says why: it was closed before the session began, or
 * took too long. Known by where it happens (see data-source.ts): pg says it in plain words, and in several ways.
 */
export class NoConnectionError extends Error {
  override readonly name = 'NoConnectionError';

  constructor(cause: Error) {
    super(`no connection to the database: ${cause.message}`, { cause });
  }
}

/** The connection broke, or there was none: no server said why, so there is no SQLSTATE. */
const CONNECTION_DELAY: Retryable = { minMs: 200, maxMs: 5_000, trouble: 'away' };

/** What the operating system says when a server is away (`code` of Node's system errors). */
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

/** The five characters by which PostgreSQL names the error; undefined when the server did not send this error. */
export function sqlState(error: unknown): string | undefined {
  const origin: unknown = error instanceof QueryFailedError ? error.driverError : error;
  return origin instanceof pg.DatabaseError ? origin.code : undefined;
}

/** The name of the unique constraint that a row would have violated; undefined when the error is another one. */
export function violatedConstraint(error: unknown): string | undefined {
  const origin: unknown = error instanceof QueryFailedError ? error.driverError : error;
  return origin instanceof pg.DatabaseError && origin.code === UNIQUE_VIOLATION ? origin.constraint : undefined;
}

function errno(error: unknown): string | undefined {
  const origin: unknown = error instanceof QueryFailedError ? error.driverError : error;
  // Node tries every address of a host name and reports all failures as one.
  if (origin instanceof AggregateError) return origin.errors.map((each) => errno(each)).find(Boolean);
  if (origin instanceof Error && 'code' in origin && typeof origin.code === 'string') return origin.code;
  return undefined;
}

/**
 * How long to wait before trying the whole transaction again; undefined if trying again would not help.
 * `connectionLost`: the connection is known to be gone, whatever the error says.
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

/** pg fails the queries of a connection that breaks with a plain Error; an error of our own is of a kind, or has a code. */
function isBrokenConnection(error: unknown): boolean {
  if (error instanceof NoConnectionError) return true;
  if (!(error instanceof QueryFailedError)) return false;
  const { driverError } = error;
  return driverError.constructor === Error && !('code' in driverError);
}

/** True if the same transaction may succeed when it is tried again. */
export function isRetryable(error: unknown): boolean {
  return retryDelay(error, false) !== undefined;
}

/** What is the matter with the database, if that is what the error says; undefined if the database is not to blame. */
export function databaseTrouble(error: unknown): DatabaseTrouble | undefined {
  return retryable(error, false)?.trouble;
}

/**
 * True if a COMMIT that ended in this error certainly left nothing behind. When the server refused (a deferred
 * constraint, a serialization failure), it has rolled back. When it was going away, or said nothing, nobody knows.
 */
export function commitWasRefused(error: unknown): boolean {
  const state = sqlState(error);
  return state !== undefined && !state.startsWith('08') && !state.startsWith('57P') && state !== '40003';
}
