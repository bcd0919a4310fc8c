import type { Role } from '#contracts/http';
import { column, fragment, sql, type Db, type Tx } from '#database';

/** A person with what is needed to prove the identity. */
export interface Account {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  /** In PHC form; null for a person that signs in by other means. */
  readonly passwordHash: string | null;
  /** Sealed. */
  readonly totpSeed: Buffer | null;
  /** The app gave a right code once, so codes are asked for. */
  readonly hasTotp: boolean;
  /** The step of the last code that was taken, as the text of a bigint. */
  readonly totpLastStep: string | null;
  readonly passkeys: number;
}

const ACCOUNT = {
  id: 'uuid',
  email: 'text',
  name: 'text',
  passwordHash: 'text?',
  totpSeed: 'bytea?',
  hasTotp: 'bool',
  totpLastStep: 'int8?',
  passkeys: 'int4',
} as const;

const SELECT_ACCOUNT = fragment`
  select id, email, name, password_hash as "passwordHash", totp_seed as "totpSeed",
         totp_confirmed_at is not null as "hasTotp", totp_last_step as "totpLastStep",
         (select count(*)::int from passkeys p where p.user_id = users.id) as passkeys
    from users`;

const FIND_BY_EMAIL = sql.returning(ACCOUNT)`${SELECT_ACCOUNT} where email = ${'email'}`;

/** `email` is in lower case. */
export async function findAccountByEmail(db: Db, email: string): Promise<Account | undefined> {
  return FIND_BY_EMAIL.row(db, { email });
}

const FIND_ACCOUNT = sql.returning(ACCOUNT)`${SELECT_ACCOUNT} where id = ${'id'}`;

export async function findAccount(db: Db, id: string): Promise<Account | undefined> {
  return FIND_ACCOUNT.row(db, { id });
}

const INSERT_ACCOUNT = sql`
  insert into users (id, email, name, password_hash)
  values (${'id'}, ${'email'}, ${'name'}, ${'passwordHash'})`;

export interface NewAccount {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string | null;
}

/** Rejects with a violation of users_email_once if the address has an account. */
export async function insertAccount(tx: Tx, account: NewAccount): Promise<void> {
  await INSERT_ACCOUNT.run(tx, { ...account });
}

const HAS_ACCOUNTS = sql.returning({ found: 'bool' })`select exists (select from users) as found`;

export async function hasAccounts(db: Db): Promise<boolean> {
  return (await HAS_ACCOUNTS.row(db))?.found ?? false;
}

const SET_PASSWORD = sql`update users set password_hash = ${'passwordHash'} where id = ${'id'}`;

export async function setPassword(db: Db, id: string, passwordHash: string): Promise<void> {
  await SET_PASSWORD.run(db, { id, passwordHash });
}

const BEGIN_TOTP = sql`
  update users set totp_seed = ${'seed'}, totp_last_step = null
   where id = ${'id'} and totp_confirmed_at is null`;

/** Keeps the seed of an app that has not given a code yet. False if there is an app already. */
export async function beginTotp(db: Db, id: string, seed: Buffer): Promise<boolean> {
  return (await BEGIN_TOTP.count(db, { id, seed })) > 0;
}

const TAKE_STEP = sql`
  update users set totp_last_step = ${'step'}, totp_confirmed_at = coalesce(totp_confirmed_at, now())
   where id = ${'id'} and totp_seed = ${'seed'} and (totp_last_step is null or totp_last_step < ${'step'})`;

/** Uses up the code of a step. False if it was used meanwhile, or the app was replaced. */
export async function takeTotpStep(
  db: Db,
  account: { readonly id: string; readonly seed: Buffer; readonly step: number },
): Promise<boolean> {
  return (await TAKE_STEP.count(db, account)) > 0;
}

const REMOVE_TOTP = sql`
  update users set totp_seed = null, totp_confirmed_at = null, totp_last_step = null where id = ${'id'}`;

export async function removeTotp(tx: Tx, id: string): Promise<void> {
  await REMOVE_TOTP.run(tx, { id });
}

const MEMBERSHIPS = {
  organizationId: 'uuid',
  organizationName: 'text',
  role: column<Role>('text'),
} as const;

const ACTIVE_MEMBERSHIPS = sql.returning(MEMBERSHIPS)`
  select m.organization_id as "organizationId", o.name as "organizationName", m.role
    from memberships m
    join organizations o on o.id = m.organization_id and o.status = 'active'
   where m.user_id = ${'userId'} and m.status = 'active'
   order by m.created_at, m.organization_id
   limit 1000`;

/** Where a person may work, the first that was joined first. */
export async function activeMemberships(db: Db, userId: string) {
  return ACTIVE_MEMBERSHIPS.rows(db, { userId });
}
