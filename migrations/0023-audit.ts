import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Events of what callers did, and seals that show a later change of an event (ADR 48). The events hold ids and
 * numbers, no personal data. An event waits in audit_events_unsealed until a seal has it. Its organization is no foreign key: what happened
 * stays true when an organization is gone.
 */
const tables = `
create table audit_events (
  id bigint generated always as identity,
  at timestamptz not null default clock_timestamp(),
  organization_id uuid,
  actor_kind text not null,
  actor_id uuid,
  action text not null,
  target_kind text,
  target_id text,
  request_id text,
  network cidr,
  outcome text not null,
  details jsonb not null,
  constraint audit_events_pk primary key (id),
  constraint audit_events_actor_known check (actor_kind in ('person', 'key', 'system')),
  constraint audit_events_actor_named check ((actor_id is null) = (actor_kind = 'system')),
  constraint audit_events_action_named check (action ~ '^[a-z]+(\\.[a-zA-Z]+)+$' and length(action) <= 60),
  constraint audit_events_target_whole check ((target_kind is null) = (target_id is null)),
  constraint audit_events_texts_short check (length(target_kind) <= 40 and length(target_id) <= 100 and length(request_id) <= 64),
  constraint audit_events_network_cut check (masklen(network) <= case family(network) when 4 then 24 else 48 end),
  constraint audit_events_outcome_known check (outcome in ('ok', 'denied', 'failed')),
  constraint audit_events_details_small check (jsonb_typeof(details) = 'object' and octet_length(details::text) <= 4096)
);
create index audit_events_by_time on audit_events (organization_id, at, id);
comment on table audit_events is 'What callers did, written in the transaction that did it. Rows are added and never change.';
comment on column audit_events.organization_id is 'Null for what concerns the whole installation.';
comment on column audit_events.network is 'The /24 or /48 of the caller''s address.';

create table audit_seals (
  organization_id uuid,
  seq bigint not null,
  at timestamptz not null,
  event_ids bigint[] not null,
  digests bytea not null,
  prev bytea not null,
  root bytea not null,
  constraint audit_seals_in_order unique nulls not distinct (organization_id, seq),
  constraint audit_seals_without_forks unique nulls not distinct (organization_id, prev),
  constraint audit_seals_root_once unique (root),
  constraint audit_seals_seq_positive check (seq >= 1),
  constraint audit_seals_first check ((seq = 1) = (prev = decode(repeat('00', 32), 'hex'))),
  constraint audit_seals_size check (cardinality(event_ids) between 1 and 500),
  constraint audit_seals_digest_for_each check (octet_length(digests) = 32 * cardinality(event_ids)),
  constraint audit_seals_sha256 check (octet_length(prev) = 32 and octet_length(root) = 32)
);
comment on table audit_seals is
  'A chain for each organization, and one for the installation: root = SHA-256 of prev, the seal''s head and the digests of its events.';
comment on column audit_seals.digests is 'The SHA-256 of each event, in the order of event_ids.';

create table audit_events_unsealed (
  event_id bigint not null,
  constraint audit_events_unsealed_pk primary key (event_id),
  constraint audit_events_unsealed_event_exists foreign key (event_id) references audit_events (id)
);
comment on table audit_events_unsealed is 'The events that no seal has yet. A trigger adds them, dispatcher takes them out.';
`;

const triggers = `
create function refuse_change_of_audit() returns trigger language plpgsql as $$
begin
  raise exception '% keeps its rows as they are', tg_table_name using errcode = 'insufficient_privilege';
end $$;
comment on function refuse_change_of_audit is 'Also for the owner: an audit that can be corrected proves nothing.';
create trigger audit_events_stay before update or delete or truncate on audit_events
  for each statement execute function refuse_change_of_audit();
create trigger audit_seals_stay before update or delete or truncate on audit_seals
  for each statement execute function refuse_change_of_audit();

-- With the owner's rights: a caller that may add events needs no rights on what waits.
create function await_seal() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into audit_events_unsealed (event_id) select id from added;
  return null;
end
$$;
create trigger audit_events_await_their_seal after insert on audit_events
  referencing new table as added for each statement execute function await_seal();
`;

const down = `
drop table audit_events_unsealed;
drop table audit_seals;
drop table audit_events;
drop function await_seal();
drop function refuse_change_of_audit();
`;

export class Audit implements MigrationInterface {
  readonly name = 'audit-0000000000023';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables);
    await runner.query(triggers);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(down);
  }
}
