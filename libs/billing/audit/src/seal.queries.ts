import { fragment, sql, type Db, type Tx } from '#database';
import type { SealableEvent } from './digest.ts';

/** Any number that nothing else uses for an advisory lock in this database. */
const SEAL_LOCK = 7_204_113;

const TAKE_TURN = sql.returning({ taken: 'bool' })`select pg_try_advisory_xact_lock(${'sealLock'}) as taken`;

/** False while another transaction seals: two would each follow the same seal. */
export async function takeTurn(tx: Tx): Promise<boolean> {
  return (await TAKE_TURN.row(tx, { sealLock: SEAL_LOCK }))?.taken === true;
}

const UTC = fragment`'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'`;

const TAKE_UNSEALED = sql.returning({
  id: 'int8',
  at: 'text',
  organizationId: 'uuid?',
  actorKind: 'text',
  actorId: 'uuid?',
  action: 'text',
  targetKind: 'text?',
  targetId: 'text?',
  requestId: 'text?',
  network: 'text?',
  outcome: 'text',
  details: 'jsonb',
})`
  with taken as (
    delete from audit_events_unsealed
    -- Under the lock of takeTurn: no other transaction takes events out.
    where event_id in (select event_id from audit_events_unsealed order by event_id limit ${'limit'})
    returning event_id
  )
  select e.id, to_char(e.at at time zone 'UTC', ${UTC}) as at, e.organization_id as "organizationId",
         e.actor_kind as "actorKind", e.actor_id as "actorId", e.action, e.target_kind as "targetKind",
         e.target_id as "targetId", e.request_id as "requestId", e.network::text as network, e.outcome, e.details
  from taken t
  join audit_events e on e.id = t.event_id
  order by e.id`;

/** Events that no seal has, in the order of their ids, which wait no more. */
export async function takeUnsealed(tx: Tx, limit: number): Promise<readonly SealableEvent[]> {
  return await TAKE_UNSEALED.rows(tx, { limit });
}

const LAST_SEAL = sql.returning({ now: 'text', seq: 'int8?', root: 'bytea?' })`
  select to_char(clock_timestamp() at time zone 'UTC', ${UTC}) as now, s.seq, s.root
  from (select) as one
  left join lateral (
    select seq, root
    from audit_seals
    where organization_id = ${'organizationId'}::uuid
       or (${'organizationId'}::uuid is null and organization_id is null)
    order by seq desc
    limit 1
  ) s on true`;

/** The end of a chain, and the time of the database to the microsecond. */
export async function lastSeal(
  tx: Tx,
  organizationId: string | null,
): Promise<{ readonly now: string; readonly seq: number; readonly root: Buffer | null }> {
  const found = await LAST_SEAL.row(tx, { organizationId });
  if (found === undefined) throw new Error('a row of its own has no result');
  return { now: found.now, seq: Number(found.seq ?? 0), root: found.root };
}

export interface NewSeal {
  readonly organizationId: string | null;
  readonly seq: number;
  readonly at: string;
  readonly eventIds: readonly string[];
  readonly digests: Buffer;
  readonly prev: Buffer;
  readonly root: Buffer;
}

const INSERT_SEAL = sql`
  insert into audit_seals (organization_id, seq, at, event_ids, digests, prev, root)
  values (${'organizationId'}, ${'seq'}, ${'at'}, ${'eventIds'}::bigint[], ${'digests'}, ${'prev'}, ${'root'})`;

export async function insertSeal(tx: Tx, seal: NewSeal): Promise<void> {
  await INSERT_SEAL.run(tx, { ...seal });
}

const UNSEALED_EVENTS = sql.returning({ waiting: 'int8', oldest: 'float8' })`
  select count(*) as waiting,
         coalesce(extract(epoch from clock_timestamp() - min(e.at)), 0)::double precision as oldest
  from audit_events_unsealed u
  join audit_events e on e.id = u.event_id`;

/** How many events wait for a seal, and for how many seconds the oldest has. */
export async function unsealedEvents(db: Db): Promise<{ readonly waiting: number; readonly oldestSeconds: number }> {
  const found = await UNSEALED_EVENTS.row(db);
  return { waiting: Number(found?.waiting ?? 0), oldestSeconds: found?.oldest ?? 0 };
}
