/**
 * Places in the work at which the harness holds a process: see instruments.mjs.
 * - `upload`: at COMMIT of a batch that upload-api accepts
 * - `split`: chunks of a file are inserted, their messages are not
 * - `begin`: the transaction of a delivery has begun, its effects have not
 * - `commit`: COMMIT of a delivery was sent, and is not done
 * - `delete`: the broker has confirmed what the relay published, the outbox does not know it yet
 * - `mark`: the mail server took e-mails, that is not recorded yet
 * @typedef {'upload' | 'split' | 'begin' | 'commit' | 'delete' | 'mark'} Place
 */

/** A backend that waits at a place. @typedef {{ pid: number, app: string, transaction: string | null }} Held */

/**
 * Holds every process that arrives at this place, until the returned session ends.
 * @param {import('./world.mjs').World} world
 * @param {Place | 'killer'} place
 */
export async function hold(world, place) {
  const holder = await world.database.session();
  await holder.query('select pg_advisory_lock(hashtext($1))', [place]);
  return holder;
}

/**
 * The processes that wait at a held place, in the order of their arrival.
 * @param {import('./world.mjs').World} world
 * @returns {Promise<Held[]>}
 */
export async function whoIsHeld(world) {
  return await world.database.query(
    `select pid, application_name as app, backend_xid::text as transaction
     from pg_stat_activity
     where datname = current_database() and wait_event_type = 'Lock' and wait_event = 'advisory'
       and application_name <> 'chaos'
     order by query_start`,
  );
}

/**
 * Kills the first process that waits. PostgreSQL then ends its transaction in the given way.
 * @param {import('./world.mjs').World} world
 * @param {'commits' | 'rolls back'} transaction
 * @returns {Promise<string | undefined>} the app that waited and died
 */
export async function killWhoIsHeld(world, transaction) {
  const [held] = await whoIsHeld(world);
  if (held === undefined) return undefined;
  world.kill(held.app, 'SIGKILL');
  if (transaction === 'rolls back') await world.database.query('select pg_terminate_backend($1)', [held.pid]);
  return held.app;
}

/**
 * Waits until a process arrives at a held place.
 * @template T
 * @param {import('./world.mjs').World} world
 * @param {number} patienceMs
 * @param {() => Promise<T | undefined>} look
 * @returns {Promise<T | undefined>} undefined when none arrived
 */
export async function someoneAt(world, patienceMs, look) {
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
 * @param {import('./world.mjs').World} world
 * @param {readonly string[]} transactions
 * @returns {Promise<number>}
 */
export async function committedBy(world, transactions) {
  const [{ count }] = await world.database.query(
    'select count(*)::int as count from inbox where xmin::text = any($1::text[])',
    [transactions],
  );
  return count;
}
