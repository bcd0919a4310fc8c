import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * People, what they sign in with, and their sessions. Secrets are stored as hashes, and the seed of a second factor as a
 * box that only ENCRYPTION_SECRET opens.
 *
 * A session, a link and a sign-in that is not finished are found by the SHA-256 of a token of 256 bits. What works once
 * is deleted when it is used.
 */
const up = `
create table users (
  id uuid not null,
  email text not null,
  name text not null,
  password_hash text,
  totp_seed bytea,
  totp_confirmed_at timestamptz,
  totp_last_step bigint,
  created_at timestamptz not null default now(),
  constraint users_pk primary key (id),
  constraint users_email_once unique (email),
  constraint users_email_is_lower_case check (email = lower(email) and length(email) between 3 and 254),
  constraint users_name_has_letters check (length(name) between 1 and 120),
  constraint users_password_is_scrypt check (password_hash like '$scrypt$%' and length(password_hash) < 200),
  constraint users_totp_has_a_seed check (totp_seed is not null or (totp_confirmed_at is null and totp_last_step is null)),
  constraint users_totp_seed_is_small check (octet_length(totp_seed) < 200)
);
comment on table users is 'People that sign in.';
comment on column users.totp_seed is 'Sealed: AES-256-GCM, bound to this row.';
comment on column users.totp_confirmed_at is 'When the first code of the app was right. Before that the factor is not asked for.';
comment on column users.totp_last_step is 'The step of the last code that was taken: a code works once.';

create table memberships (
  user_id uuid not null,
  organization_id uuid not null,
  role text not null,
  issuer_ids uuid[],
  status text not null default 'active',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint memberships_pk primary key (user_id, organization_id),
  constraint memberships_user_exists foreign key (user_id) references users (id),
  constraint memberships_organization_exists foreign key (organization_id) references organizations (id),
  constraint memberships_role_known check (role in ('viewer', 'biller', 'operator', 'admin', 'auditor', 'platform')),
  constraint memberships_status_known check (status in ('active', 'suspended', 'ended')),
  constraint memberships_issuers_are_named check (cardinality(issuer_ids) between 1 and 1000),
  constraint memberships_of_all_issuers check (role not in ('admin', 'platform') or issuer_ids is null)
);
comment on table memberships is 'What a person is in an organization.';
comment on column memberships.issuer_ids is 'The issuers that the person sees; null for all of the organization.';
create index memberships_of_organization on memberships (organization_id, user_id);

create function keep_an_admin() returns trigger language plpgsql as $$
begin
  -- Two admins that leave at the same time would each see the other one. So leaving is done in turn.
  perform pg_advisory_xact_lock(hashtextextended('admins of ' || old.organization_id, 0));
  if not exists (select from memberships
                 where organization_id = old.organization_id and role = 'admin' and status = 'active') then
    raise exception 'the last admin of an organization cannot leave'
      using errcode = 'unique_violation', constraint = 'memberships_keep_an_admin';
  end if;
  return null;
end
$$;
create trigger memberships_keep_an_admin after update on memberships for each row
  when (old.role = 'admin' and old.status = 'active' and (new.role <> 'admin' or new.status <> 'active'))
  execute function keep_an_admin();
create trigger memberships_are_kept before delete or truncate on memberships
  for each statement execute function refuse_removal();
create trigger memberships_keep_their_keys before update of user_id, organization_id on memberships
  for each statement execute function refuse_removal();

create table external_identities (
  issuer text not null,
  subject text not null,
  user_id uuid not null,
  created_at timestamptz not null default now(),
  constraint external_identities_pk primary key (issuer, subject),
  constraint external_identities_user_exists foreign key (user_id) references users (id),
  constraint external_identities_are_short check (length(issuer) < 1000 and length(subject) < 256)
);
comment on table external_identities is 'People as an OpenID provider knows them. An e-mail address alone is never one.';
create index external_identities_of_user on external_identities (user_id);

create table passkeys (
  id uuid not null,
  user_id uuid not null,
  credential_id bytea not null,
  public_key bytea not null,
  counter bigint not null,
  transports text[] not null,
  name text not null,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  constraint passkeys_pk primary key (id),
  constraint passkeys_credential_once unique (credential_id),
  constraint passkeys_user_exists foreign key (user_id) references users (id),
  constraint passkeys_name_has_letters check (length(name) between 1 and 120),
  constraint passkeys_are_small check (octet_length(credential_id) <= 1023 and octet_length(public_key) <= 4096),
  constraint passkeys_count_up check (counter >= 0)
);
comment on table passkeys is 'Public keys of people''s authenticators.';
create index passkeys_of_user on passkeys (user_id);

create table recovery_codes (
  user_id uuid not null,
  code_hash bytea not null,
  constraint recovery_codes_pk primary key (user_id, code_hash),
  constraint recovery_codes_user_exists foreign key (user_id) references users (id),
  constraint recovery_codes_hash_is_sha256 check (octet_length(code_hash) = 32)
);
comment on table recovery_codes is 'Codes that replace a lost second factor. A row is deleted when its code is used.';

create table sessions (
  id_hash bytea not null,
  id uuid not null,
  user_id uuid not null,
  organization_id uuid not null,
  created_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  idle_until timestamptz not null,
  ends_at timestamptz not null,
  auth_time timestamptz not null,
  amr text[] not null,
  ip inet,
  agent text,
  constraint sessions_pk primary key (id_hash),
  constraint sessions_id_once unique (id),
  constraint sessions_membership_exists foreign key (user_id, organization_id)
    references memberships (user_id, organization_id),
  constraint sessions_hash_is_sha256 check (octet_length(id_hash) = 32),
  constraint sessions_end check (ends_at > created_at and ends_at <= created_at + interval '12 hours'),
  constraint sessions_end_when_idle check (idle_until <= ends_at),
  constraint sessions_have_a_factor check (cardinality(amr) between 1 and 10),
  constraint sessions_agent_is_short check (length(agent) <= 200)
);
comment on table sessions is 'Browsers in which a person is signed in. A row that is deleted ends the session at once.';
comment on column sessions.id_hash is 'SHA-256 of the token in the cookie.';
comment on column sessions.id is 'What the person ends it by. It opens nothing.';
comment on column sessions.auth_time is 'When the person last proved all factors.';
comment on column sessions.amr is 'How: pwd, otp, rec (a recovery code), hwk (a passkey), oidc, mfa (the provider asked for two).';
create index sessions_of_user on sessions (user_id, created_at);

create table login_transactions (
  id_hash bytea not null,
  purpose text not null,
  user_id uuid,
  amr text[] not null default '{}',
  secret jsonb not null default '{}',
  return_to text,
  expires_at timestamptz not null,
  constraint login_transactions_pk primary key (id_hash),
  constraint login_transactions_user_exists foreign key (user_id) references users (id),
  constraint login_transactions_hash_is_sha256 check (octet_length(id_hash) = 32),
  constraint login_transactions_purpose_known
    check (purpose in ('second-factor', 'oidc', 'passkey-sign-in', 'passkey-enrolment')),
  constraint login_transactions_person_known check (user_id is not null or purpose in ('oidc', 'passkey-sign-in')),
  constraint login_transactions_return_to_ours check (return_to like '/%' and return_to not like '//%' and length(return_to) < 2000),
  constraint login_transactions_are_small check (octet_length(secret::text) < 4000)
);
comment on table login_transactions is 'Sign-ins that are not finished. Each works once, in the browser that began it.';
comment on column login_transactions.secret is 'What the answer must match: a challenge, or state, nonce and verifier.';
create index login_transactions_expired on login_transactions (expires_at);

create table sign_in_failures (
  account_hash bytea not null,
  failures integer not null,
  wait_until timestamptz not null,
  failed_at timestamptz not null default now(),
  constraint sign_in_failures_pk primary key (account_hash),
  constraint sign_in_failures_hash_is_sha256 check (octet_length(account_hash) = 32),
  constraint sign_in_failures_counted check (failures > 0)
);
comment on table sign_in_failures is
  'Wrong passwords and codes in a row, by the e-mail address that was typed, whether an account has it or not.';
create index sign_in_failures_old on sign_in_failures (failed_at);

create table invitations (
  id uuid not null,
  organization_id uuid not null,
  email text not null,
  role text not null,
  issuer_ids uuid[],
  token_hash bytea not null,
  created_by uuid not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  constraint invitations_pk primary key (id),
  constraint invitations_token_once unique (token_hash),
  constraint invitations_of_one_address unique (organization_id, email),
  constraint invitations_organization_exists foreign key (organization_id) references organizations (id),
  constraint invitations_made_by_a_person foreign key (created_by) references users (id),
  constraint invitations_hash_is_sha256 check (octet_length(token_hash) = 32),
  constraint invitations_email_is_lower_case check (email = lower(email) and length(email) between 3 and 254),
  constraint invitations_role_known check (role in ('viewer', 'biller', 'operator', 'admin', 'auditor', 'platform')),
  constraint invitations_issuers_are_named check (cardinality(issuer_ids) between 1 and 1000),
  constraint invitations_of_all_issuers check (role not in ('admin', 'platform') or issuer_ids is null),
  constraint invitations_expire check (expires_at > created_at and expires_at <= created_at + interval '30 days')
);
comment on table invitations is 'People that may join an organization. A row is deleted when it is accepted.';

create table account_links (
  token_hash bytea not null,
  purpose text not null,
  user_id uuid,
  expires_at timestamptz not null,
  constraint account_links_pk primary key (token_hash),
  constraint account_links_hash_is_sha256 check (octet_length(token_hash) = 32),
  constraint account_links_purpose_known check (purpose in ('setup', 'password-reset')),
  constraint account_links_user_exists foreign key (user_id) references users (id),
  constraint account_links_person_known check ((user_id is null) = (purpose = 'setup'))
);
comment on table account_links is 'Links that set up the first account, or set a new password. A row is deleted when its link is used.';
create index account_links_of_user on account_links (user_id);
`;

const down = `
drop table account_links;
drop table invitations;
drop table sign_in_failures;
drop table login_transactions;
drop table sessions;
drop table recovery_codes;
drop table passkeys;
drop table external_identities;
drop table memberships;
drop function keep_an_admin();
drop table users;
`;

export class People implements MigrationInterface {
  readonly name = 'people-0000000000025';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(up);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(down);
  }
}
