import type { EntityManager } from 'typeorm';
import { checkMessage, type MessageName } from '#contracts';
import type { AnyMessage } from '#outbox';

/** Any number that nothing else uses for an advisory lock in this database. */
const WATCHDOG_LOCK = 7_204_112;
/** Limit of one round: a fault that lost everything must not become a flood. */
const ANNOUNCED_MAX = 200;
/** The wait doubles with each announcement, at most so many times. */
const DOUBLINGS_MAX = 6;
const KEPT_DAYS = 7;

/** False while another relay's transaction holds the lock, because only one relay looks at a time. */
export async function takeTurn(tx: EntityManager): Promise<boolean> {
  const rows: { taken: boolean }[] = await tx.query(`select pg_try_advisory_xact_lock($1) as taken`, [WATCHDOG_LOCK]);
  return rows[0]?.taken === true;
}

/**
 * Records what is missing now. Work that is no longer missing is forgotten, or dated if it had been announced. Names
 * that could not be looked for keep their records.
 */
export async function noteMissing(
  tx: EntityManager,
  missing: readonly AnyMessage[],
  notLookedFor: readonly MessageName[],
): Promise<void> {
  const found = [
    missing.map(({ name }) => name),
    missing.map(({ name, message }) => JSON.stringify(checkMessage(name, message))),
  ];
  const isGone = `m.name <> all($3::text[]) and not exists (
    select 1 from unnest($1::text[], $2::jsonb[]) as f (name, body) where f.name = m.name and f.body = m.body)`;
  const known = [...found, notLookedFor];
  await tx.query(`delete from missing_messages m where m.announcements = 0 and ${isGone}`, known);
  await tx.query(
    `update missing_messages m set recovered_at = now() where m.recovered_at is null and ${isGone}`,
    known,
  );
  await tx.query(`delete from missing_messages where recovered_at < now() - make_interval(days => $1)`, [KEPT_DAYS]);
  // Rows change only under the lock of `takeTurn`, so an existing row is up to date.
  await tx.query(
    `insert into missing_messages as m (name, body, batch_id)
     select distinct name, body, (body ->> 'batchId')::uuid
     from unnest($1::text[], $2::jsonb[]) as f (name, body)
     on conflict (name, body) do update
       set missing_since = now(), recovered_at = null
       where m.recovered_at is not null`,
    found,
  );
}

/**
 * Publishes again what every look of the grace time found missing, each as a new message, and returns it. The next
 * announcement waits twice as long. A name that could not be looked for waits for the next look.
 */
export async function announceAgain(
  tx: EntityManager,
  graceSeconds: number,
  notLookedFor: readonly MessageName[],
): Promise<readonly { readonly name: MessageName; readonly batchId: string }[]> {
  return await tx.query(
    `with due as (
       select name, body
       from missing_messages
       where recovered_at is null
         and name <> all($4::text[])
         and missing_since <= now() - make_interval(secs => $1)
         and (announced_at is null
              or announced_at <= now() - make_interval(secs => $1 * 2 ^ least(announcements, $2)))
       order by missing_since
       limit $3
     ), noted as (
       update missing_messages m
       set announcements = m.announcements + 1, announced_at = now()
       from due d
       where m.name = d.name and m.body = d.body
     ), published as (
       insert into outbox (name, body) select name, body from due returning name, body
     )
     select name, body ->> 'batchId' as "batchId" from published`,
    [graceSeconds, DOUBLINGS_MAX, ANNOUNCED_MAX, notLookedFor],
  );
}

/** Counts, by name, the announced work that is still missing. */
export async function countMissing(
  tx: EntityManager,
): Promise<readonly { readonly name: string; readonly n: number }[]> {
  return await tx.query(
    `select name, count(*)::int as n
     from missing_messages
     where recovered_at is null and announcements > 0
     group by name`,
  );
}
