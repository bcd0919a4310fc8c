import type { Client } from 'pg';
import type { AppName } from '#scripts/lib/system/system.mjs';
import { rowOf, rowsOf } from '../rows.ts';
import type { World } from './world.ts';

/**
 * Places in the work at which the harness holds a process: see instruments.ts.
 * - `upload`: at COMMIT of a batch that upload-api accepts
 * - `split`: chunks of a file are inserted, their messages are not
 * - `begin`: the transaction of a delivery has begun, its effects have not
 * - `commit`: COMMIT of a delivery was sent, and is not done
 * - `delete`: the broker has confirmed what the relay published, the outbox does not know it yet
 * - `mark`: the mail server took e-mails, that is not recorded yet
 */
export type Place = 'upload' | 'split' | 'begin' | 'commit' | 'delete' | 'mark';

/** The end of the transaction of a process that dies. */
export type Ending = 'commits' | 'rolls back';

/** A backend that waits at a place. */
export interface Held {
  readonly pid: number;
  readonly app: AppName;
  readonly transaction: string | null;
}

/** Holds every process that arrives at this place, until the returned session ends. */
export async function hold(world: World, place: Place | 'killer'): Promise<Client> {
  const holder = await world.database.session();
  await holder.query('select pg_advisory_lock(hashtext($1))', [place]);
  return holder;
}

/** The processes that wait at a held place, in the order of their arrival. */
export async function whoIsHeld(world: World): Promise<Held[]> {
  return await rowsOf<Held>(
    world.database,
    `select pid, application_name as app, backend_xid::text as transaction
     from pg_stat_activity
     where datname = current_database() and wait_event_type = 'Lock' and wait_event = 'advisory'
       and application_name <> 'chaos'
     order by query_start`,
  );
}

/**
 * Kills the first process that waits. PostgreSQL then ends its transaction in the given way.
 * @returns the app that waited and died
 */
export async function killWhoIsHeld(world: World, transaction: Ending): Promise<AppName | undefined> {
  const [held] = await whoIsHeld(world);
  if (held === undefined) return undefined;
  world.kill(held.app, 'SIGKILL');
  if (transaction === 'rolls back') await world.database.query('select pg_terminate_backend($1)', [held.pid]);
  return held.app;
}

/**
 * Waits until a process arrives at a held place.
 * @returns undefined when none arrived
 */
export async function someoneAt<T>(
  world: World,
  patienceMs: number,
  look: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const deadline = Date.now() + patienceMs;
  while (Date.now() < deadline) {
    const found = await look();
    if (found !== undefined) return found;
    await world.sleep(25);
  }
  return undefined;
}

/**
 * Messages whose effects were committed by a transaction that must not commit. A row knows the transaction that wrote
 * it.
 */
export async function committedBy(world: World, transactions: readonly string[]): Promise<number> {
  const { count } = await rowOf<{ count: number }>(
    world.database,
    'select count(*)::int as count from inbox where xmin::text = any($1::text[])',
    [transactions],
  );
  return count;
}
