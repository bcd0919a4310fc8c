import { fragment, sql, type Db, type Tx } from '#database';

/** So many days before the end of a key it is announced. */
export const ANNOUNCED_DAYS = [30, 7, 1] as const;

/**
 * A key `k` that works, was not rotated into another one, and was made for longer than the days of `t`: a key of one
 * day is not news when it has one day left. `t.begins` is the moment at which that time before its end begins.
 */
const BEFORE_ITS_END = fragment`
  from unnest(${'days'}::int[]) as given (days)
  cross join api_keys k
  cross join lateral (select given.days, k.expires_at - make_interval(hours => 24 * given.days) as begins) t
  join organizations o on o.id = k.organization_id and o.status = 'active'
 where k.revoked_at is null and k.expires_at > now() and t.begins <= now() and t.begins > k.created_at
   and not exists (select from api_keys n where n.replaces = k.id)`;

const COUNT_EXPIRING = sql.returning({ days: 'int4', count: 'int4' })`
  select t.days, count(*)::int as count ${BEFORE_ITS_END} group by t.days`;

/** How many keys end within these days. Those of a day are among those of a week. */
export async function countExpiringKeys(db: Db): Promise<ReadonlyMap<number, number>> {
  const rows = await COUNT_EXPIRING.rows(db, { days: ANNOUNCED_DAYS });
  const found = new Map(rows.map(({ days, count }) => [days, count]));
  return new Map(ANNOUNCED_DAYS.map((days) => [days, found.get(days) ?? 0]));
}

/** Any number that nothing else uses for an advisory lock in this database. */
const ANNOUNCE_LOCK = 7_204_114;

const TAKE_TURN = sql.returning({ taken: 'bool' })`select pg_try_advisory_xact_lock(${'announceLock'}) as taken`;

/** False while another process announces: both would find the same keys. */
export async function takeTurnToAnnounce(tx: Tx): Promise<boolean> {
  return (await TAKE_TURN.row(tx, { announceLock: ANNOUNCE_LOCK }))?.taken === true;
}

const UNANNOUNCED = sql.returning({ id: 'uuid', organizationId: 'uuid', expiresAt: 'timestamptz', days: 'int4' })`
  select k.id, k.organization_id as "organizationId", k.expires_at as "expiresAt", t.days
    ${BEFORE_ITS_END}
     -- The events of one organization since then are few, and there is an index for them. A longer search is not.
     and t.begins > now() - make_interval(hours => ${'hours'})
     and not exists (
       select from audit_events e
        where e.organization_id = k.organization_id and e.at >= t.begins and e.action = 'key.expiring'
          and e.target_id = k.id::text and (e.details->>'days')::int = t.days)
   order by k.id, t.days
   limit ${'limit'}`;

/** Keys that have come so near to their end within the last hours, and of which no event says so. */
export async function findUnannounced(tx: Tx, { hours, limit }: { readonly hours: number; readonly limit: number }) {
  return UNANNOUNCED.rows(tx, { days: ANNOUNCED_DAYS, hours, limit });
}
