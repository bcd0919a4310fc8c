import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Every issuer belongs to an organization, and so does what is done for it. Callers are known by API keys of an
 * organization.
 *
 * A batch and an export take their organization from the row above them, so no statement can name another one. Debts,
 * debtors and boletos get no column: their issuer says to whom they belong, and millions of rows stay as narrow as
 * they are.
 */
const up = `
create table organizations (
  id uuid not null,
  name text not null,
  slug text not null,
  status text not null default 'active',
  limits jsonb not null default '{}',
  created_at timestamptz not null default now(),
  constraint organizations_pk primary key (id),
  constraint organizations_slug_once unique (slug),
  constraint organizations_name_has_letters check (length(name) between 1 and 120),
  constraint organizations_slug_is_plain check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  constraint organizations_status_known check (status in ('active', 'suspended', 'closed')),
  constraint organizations_limits_are_an_object check (jsonb_typeof(limits) = 'object')
);
comment on table organizations is 'Companies that bill. Each owns issuers; nobody of one sees anything of another.';
comment on column organizations.limits is 'Limits that differ from the defaults.';
create trigger organizations_are_kept before delete or truncate on organizations
  for each statement execute function refuse_removal();
create trigger organizations_keep_their_keys before update of id on organizations
  for each statement execute function refuse_removal();

insert into organizations (id, name, slug) values ('00000000-0000-4000-8000-000000000001', 'Default', 'default');

create function refuse_change_of_organization() returns trigger language plpgsql as $$
begin
  raise exception 'the organization of a row of % cannot change', tg_table_name using errcode = 'restrict_violation';
end
$$;

alter table issuers add column organization_id uuid not null default '00000000-0000-4000-8000-000000000001';
alter table issuers add constraint issuers_organization_exists
  foreign key (organization_id) references organizations (id);
create index issuers_of_organization on issuers (organization_id, id);
create trigger issuers_keep_their_organization before update of organization_id on issuers
  for each row when (old.organization_id is distinct from new.organization_id)
  execute function refuse_change_of_organization();

create function take_organization_of_issuer() returns trigger language plpgsql as $$
begin
  new.organization_id := (select organization_id from issuers where id = new.issuer_id);
  return new;
end
$$;
create function take_organization_of_batch() returns trigger language plpgsql as $$
begin
  new.organization_id := (select organization_id from batches where id = new.batch_id);
  return new;
end
$$;

alter table batches add column organization_id uuid;
update batches set organization_id = (select organization_id from issuers where issuers.id = batches.issuer_id);
alter table batches alter column organization_id set not null;
drop index batches_recent;
create index batches_recent on batches (organization_id, received_at desc, id);
create trigger batches_take_their_organization before insert on batches
  for each row execute function take_organization_of_issuer();
create trigger batches_keep_their_organization before update of organization_id on batches
  for each row when (old.organization_id is distinct from new.organization_id)
  execute function refuse_change_of_organization();
comment on column batches.organization_id is 'That of the issuer. A trigger writes it.';

alter table exports add column organization_id uuid;
update exports set organization_id = (select organization_id from batches where batches.id = exports.batch_id);
alter table exports alter column organization_id set not null;
create trigger exports_take_their_organization before insert on exports
  for each row execute function take_organization_of_batch();
create trigger exports_keep_their_organization before update of organization_id on exports
  for each row when (old.organization_id is distinct from new.organization_id)
  execute function refuse_change_of_organization();
comment on column exports.organization_id is 'That of the batch. A trigger writes it.';

alter table dead_letters add column organization_id uuid;
update dead_letters set organization_id = (select organization_id from batches where batches.id = dead_letters.batch_id)
 where batch_id is not null;
create trigger dead_letters_take_their_organization before insert on dead_letters
  for each row execute function take_organization_of_batch();
create trigger dead_letters_keep_their_organization before update of organization_id on dead_letters
  for each row when (old.organization_id is distinct from new.organization_id)
  execute function refuse_change_of_organization();
create index dead_letters_of_organization on dead_letters (organization_id, status, id);
comment on column dead_letters.organization_id is
  'That of the batch. A trigger writes it. Null for a message that names no batch: only the platform sees it.';

create table api_keys (
  id uuid not null,
  organization_id uuid not null,
  name text not null,
  hash bytea not null,
  hint text not null,
  scopes text[] not null,
  issuer_ids uuid[],
  cidrs cidr[],
  created_by uuid,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  revoked_by text,
  replaces uuid,
  last_used_at timestamptz,
  last_used_ip inet,
  constraint api_keys_pk primary key (id),
  constraint api_keys_hash_once unique (hash),
  constraint api_keys_organization_exists foreign key (organization_id) references organizations (id),
  constraint api_keys_replaces_a_key foreign key (replaces) references api_keys (id),
  constraint api_keys_name_has_letters check (length(name) between 1 and 120),
  constraint api_keys_hash_is_sha256 check (octet_length(hash) = 32),
  constraint api_keys_have_scopes check (cardinality(scopes) between 1 and 100),
  constraint api_keys_issuers_are_named check (cardinality(issuer_ids) between 1 and 1000),
  constraint api_keys_networks_are_named check (cardinality(cidrs) between 1 and 100),
  constraint api_keys_expire check (expires_at > created_at and expires_at <= created_at + interval '400 days'),
  constraint api_keys_revoked_by_a_caller check ((revoked_at is null) = (revoked_by is null))
);
comment on table api_keys is 'What programs call the API with. The text of a key is shown once and never stored.';
comment on column api_keys.hash is 'SHA-256 of the whole text.';
comment on column api_keys.hint is 'Its first and last characters, to tell keys apart.';
comment on column api_keys.scopes is 'The permissions it may use, as texts of libs/contracts/src/http/access.';
comment on column api_keys.issuer_ids is 'The issuers it may act for; null for all of the organization.';
comment on column api_keys.cidrs is 'The networks it may call from; null for all.';
comment on column api_keys.replaces is 'The key that was rotated into this one.';
create index api_keys_of_organization on api_keys (organization_id, id);
create index api_keys_replaced on api_keys (replaces) where replaces is not null;
create trigger api_keys_are_kept before delete or truncate on api_keys
  for each statement execute function refuse_removal();
create trigger api_keys_keep_their_organization before update of organization_id on api_keys
  for each row when (old.organization_id is distinct from new.organization_id)
  execute function refuse_change_of_organization();

create function tell_of_changed_key() returns trigger language plpgsql as $$
begin
  perform pg_notify('billing_keys', '');
  return null;
end
$$;
create trigger api_keys_tell_of_changes after update of revoked_at, expires_at, scopes, issuer_ids, cidrs on api_keys
  for each statement execute function tell_of_changed_key();
create trigger organizations_tell_of_changes after update of status, limits on organizations
  for each statement execute function tell_of_changed_key();
`;

const down = `
drop trigger organizations_tell_of_changes on organizations;
drop table api_keys;
drop function tell_of_changed_key();
drop trigger dead_letters_take_their_organization on dead_letters;
drop trigger dead_letters_keep_their_organization on dead_letters;
alter table dead_letters drop column organization_id;
drop trigger exports_take_their_organization on exports;
drop trigger exports_keep_their_organization on exports;
alter table exports drop column organization_id;
drop index batches_recent;
drop trigger batches_take_their_organization on batches;
drop trigger batches_keep_their_organization on batches;
alter table batches drop column organization_id;
create index batches_recent on batches (received_at desc, id);
drop function take_organization_of_batch();
drop function take_organization_of_issuer();
drop trigger issuers_keep_their_organization on issuers;
alter table issuers drop column organization_id;
drop function refuse_change_of_organization();
drop table organizations;
`;

export class OrganizationsAndKeys implements MigrationInterface {
  readonly name = 'organizations-and-keys-0000000000022';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(up);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(down);
  }
}
