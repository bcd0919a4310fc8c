import type { TenantDb } from '#access';
import type { AuditEventView, AuditFilter } from '#contracts/http';
import { column, fragment, sql } from '#database';
import type { EventCursor } from './event-cursor.ts';

const UTC = fragment`'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'`;

/** The rows of an organization, or those of the installation. A value that is not given is null to the planner. */
const OF_CHAIN = fragment`(organization_id = ${'organizationId'}::uuid
  or (${'organizationId'}::uuid is null and organization_id is null))`;

const LIST_EVENTS = sql.returning({
  id: 'int8',
  at: 'text',
  organizationId: 'uuid?',
  actorKind: column<AuditEventView['actorKind']>('text'),
  actorId: 'uuid?',
  action: column<AuditEventView['action']>('text'),
  targetKind: column<AuditEventView['targetKind']>('text'),
  targetId: 'text?',
  requestId: 'text?',
  network: 'text?',
  outcome: column<AuditEventView['outcome']>('text'),
  details: column<AuditEventView['details']>('jsonb'),
})`
  select e.id, to_char(e.at at time zone 'UTC', ${UTC}) as at, organization_id as "organizationId",
         actor_kind as "actorKind", actor_id as "actorId", action, target_kind as "targetKind",
         target_id as "targetId", request_id as "requestId", network::text as network, outcome, details
  from audit_events e
  where ${OF_CHAIN}
    and (${'from'}::timestamptz is null or e.at >= ${'from'})
    and (${'to'}::timestamptz is null or e.at < ${'to'})
    and (${'actor'}::uuid is null or actor_id = ${'actor'})
    and (${'action'}::text is null or action = ${'action'})
    and (${'afterAt'}::timestamptz is null or (e.at, e.id) < (${'afterAt'}, ${'afterId'}::bigint))
  order by e.at desc, e.id desc
  limit ${'limit'}`;

/** Events of a chain, newest first. `organizationId` is null for those of the installation. */
export async function listEvents(
  db: TenantDb,
  organizationId: string | null,
  { from, to, actor, action }: AuditFilter,
  { after, limit }: { readonly after: EventCursor | undefined; readonly limit: number },
): Promise<readonly AuditEventView[]> {
  return await LIST_EVENTS.rows(db, {
    organizationId,
    from: from ?? null,
    to: to ?? null,
    actor: actor ?? null,
    action: action ?? null,
    afterAt: after?.at ?? null,
    afterId: after?.id ?? null,
    limit,
  });
}

export interface StoredSeal {
  readonly seq: string;
  readonly at: string;
  readonly prev: Buffer;
  readonly root: Buffer;
  readonly eventIds: readonly string[];
  readonly digests: Buffer;
}

const LIST_SEALS = sql.returning({
  seq: 'int8',
  at: 'text',
  prev: 'bytea',
  root: 'bytea',
  eventIds: column<readonly string[]>('text[]'),
  digests: 'bytea',
})`
  select seq, to_char(s.at at time zone 'UTC', ${UTC}) as at, prev, root, event_ids::text[] as "eventIds", digests
  from audit_seals s
  where ${OF_CHAIN} and seq > ${'after'}::bigint
  order by seq
  limit ${'limit'}`;

/** Seals of a chain, oldest first, from just behind the number `after`. */
export async function listSeals(
  db: TenantDb,
  organizationId: string | null,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<readonly StoredSeal[]> {
  return await LIST_SEALS.rows(db, { organizationId, after, limit });
}
