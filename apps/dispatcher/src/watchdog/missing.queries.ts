import { checkMessage, type MessageName } from '#contracts';
import { column, fragment, sql, type Tx } from '#database';
import type { AnyMessage } from '#outbox';

/** Any number that nothing else uses for an advisory lock in this database. */
const WATCHDOG_LOCK = 7_204_112;
/** Limit of one round: a fault that lost everything must not become a flood. */
const ANNOUNCED_MAX = 200;
/** The wait doubles with each announcement, at most so many times. */
const DOUBLINGS_MAX = 6;
const KEPT_DAYS = 7;

const TAKE_TURN = sql.returning({ taken: 'bool' })`select pg_try_advisory_xact_lock(${'watchdogLock'}) as taken`;

/** False while another relay's transaction holds the lock, because only one relay looks at a time. */
export async function takeTurn(tx: Tx): Promise<boolean> {
  const rows = await TAKE_TURN.rows(tx, { watchdogLock: WATCHDOG_LOCK });
  return rows[0]?.taken === true;
}

const MISSING = fragment`unnest(${'names'}::text[], ${'bodies'}::jsonb[]) as f (name, body)`;

/** A noted message `m` that was looked for and is not missing. */
const IS_FOUND = fragment`m.name <> all(${'notLookedFor'}::text[]) and not exists (
    select 1 from ${MISSING} where f.name = m.name and f.body = m.body)`;

const FORGET_FOUND = sql`delete from missing_messages m where m.announcements = 0 and ${IS_FOUND}`;

const DATE_FOUND = sql`
  update missing_messages m set recovered_at = now() where m.recovered_at is null and ${IS_FOUND}`;

const FORGET_OLD = sql`
  delete from missing_messages where recovered_at < now() - make_interval(days => ${'keptDays'})`;

const NOTE_MISSING = sql`
  insert into missing_messages as m (name, body, batch_id)
  select distinct name, body, (body ->> 'batchId')::uuid
  from ${MISSING}
  on conflict (name, body) do update
    set missing_since = now(), recovered_at = null
    where m.recovered_at is not null`;

/**
 * Records what is missing now. Work that is no longer missing is forgotten, or dated if it had been announced. Names
 * that could not be looked for keep their records.
 */
export async function noteMissing(
  tx: Tx,
  missing: readonly AnyMessage[],
  notLookedFor: readonly MessageName[],
): Promise<void> {
  const found = {
    names: missing.map(({ name }) => name),
    bodies: missing.map(({ name, message }) => JSON.stringify(checkMessage(name, message))),
  };
  await FORGET_FOUND.run(tx, { ...found, notLookedFor });
  await DATE_FOUND.run(tx, { ...found, notLookedFor });
  await FORGET_OLD.run(tx, { keptDays: KEPT_DAYS });
  // Rows change only under the lock of `takeTurn`, so an existing row is up to date.
  await NOTE_MISSING.run(tx, found);
}

const ANNOUNCE_AGAIN = sql.returning({ name: column<MessageName>('text'), batchId: 'text' })`
  with due as (
    select name, body
    from missing_messages
    where recovered_at is null
      and name <> all(${'notLookedFor'}::text[])
      and missing_since <= now() - make_interval(secs => ${'graceSeconds'})
      and (announced_at is null
           or announced_at <= now() - make_interval(secs => ${'graceSeconds'} * 2 ^ least(announcements, ${'doublingsMax'})))
    order by missing_since
    limit ${'announcedMax'}
  ), noted as (
    update missing_messages m
    set announcements = m.announcements + 1, announced_at = now()
    from due d
    where m.name = d.name and m.body = d.body
  ), published as (
    insert into outbox (name, body) select name, body from due returning name, body
  )
  select name, body ->> 'batchId' as "batchId" from published`;

/**
 * Publishes again what every look of the grace time found missing, each as a new message, and returns it. The next
 * announcement waits twice as long. A name that could not be looked for waits for the next look.
 */
export async function announceAgain(
  tx: Tx,
  graceSeconds: number,
  notLookedFor: readonly MessageName[],
): Promise<readonly { readonly name: MessageName; readonly batchId: string }[]> {
  return await ANNOUNCE_AGAIN.rows(tx, {
    graceSeconds,
    doublingsMax: DOUBLINGS_MAX,
    announcedMax: ANNOUNCED_MAX,
    notLookedFor,
  });
}

const COUNT_MISSING = sql.returning({ name: 'text', n: 'int4' })`
  select name, count(*)::int as n
  from missing_messages
  where recovered_at is null and announcements > 0
  group by name`;

/** Counts, by name, the announced work that is still missing. */
export async function countMissing(tx: Tx): Promise<readonly { readonly name: string; readonly n: number }[]> {
  return await COUNT_MISSING.rows(tx);
}
