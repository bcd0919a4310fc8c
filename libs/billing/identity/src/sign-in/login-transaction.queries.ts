import { column, sql, type Db, type Tx } from '#database';

export type LoginPurpose = 'second-factor' | 'oidc' | 'passkey-sign-in' | 'passkey-enrolment';

/** A sign-in, or another exchange of several requests, that is not finished. */
export interface LoginTransaction {
  readonly userId: string | null;
  readonly amr: readonly string[];
  /** The values that the next request must match. */
  readonly secret: Readonly<Record<string, string>>;
  readonly returnTo: string | null;
}

const SECONDS_MAX = 600;

const INSERT_TRANSACTION = sql`
  with forgotten as (
    delete from login_transactions
     -- Only expired ones, which no request can use: one that another transaction holds is deleted there, or later.
     where id_hash in (select id_hash from login_transactions where expires_at <= now() limit 100 for update skip locked)
  )
  insert into login_transactions (id_hash, purpose, user_id, amr, secret, return_to, expires_at)
  values (${'idHash'}, ${'purpose'}, ${'userId'}, ${'amr'}::text[], ${'secret'}, ${'returnTo'},
          now() + make_interval(secs => ${'seconds'}))`;

export async function insertTransaction(
  db: Db,
  transaction: {
    readonly idHash: Buffer;
    readonly purpose: LoginPurpose;
    readonly userId?: string;
    readonly amr?: readonly string[];
    readonly secret?: Readonly<Record<string, string>>;
    readonly returnTo?: string;
  },
): Promise<void> {
  const { idHash, purpose, userId = null, amr = [], secret = {}, returnTo = null } = transaction;
  await INSERT_TRANSACTION.run(db, { idHash, purpose, userId, amr, secret, returnTo, seconds: SECONDS_MAX });
}

const TRANSACTION = {
  userId: 'uuid?',
  amr: 'text[]',
  secret: column<Readonly<Record<string, string>>>('jsonb'),
  returnTo: 'text?',
} as const;

const FIND_TRANSACTION = sql.returning(TRANSACTION)`
  select user_id as "userId", amr, secret, return_to as "returnTo"
    from login_transactions
   where id_hash = ${'idHash'} and purpose = ${'purpose'} and expires_at > now()`;

export async function findTransaction(
  db: Db,
  which: { readonly idHash: Buffer; readonly purpose: LoginPurpose },
): Promise<LoginTransaction | undefined> {
  return FIND_TRANSACTION.row(db, which);
}

const FORGET_PROVIDER_SIGN_INS = sql`
  delete from login_transactions where user_id = ${'userId'} and 'oidc' = any(amr)`;

/** Forgets the sign-ins of a person that began with the provider and wait for a second factor. */
export async function forgetProviderSignIns(tx: Tx, userId: string): Promise<void> {
  await FORGET_PROVIDER_SIGN_INS.run(tx, { userId });
}

const FORGET_SIGN_INS = sql`
  delete from login_transactions where user_id = ${'userId'} and purpose = 'second-factor'`;

/** Forgets every sign-in of a person that waits for a second factor. */
export async function forgetSignIns(tx: Tx, userId: string): Promise<void> {
  await FORGET_SIGN_INS.run(tx, { userId });
}

const TAKE_TRANSACTION = sql.returning(TRANSACTION)`
  delete from login_transactions
   where id_hash = ${'idHash'} and purpose = ${'purpose'} and expires_at > now()
  returning user_id as "userId", amr, secret, return_to as "returnTo"`;

/** Uses it up: of two requests with one transaction, one gets it. */
export async function takeTransaction(
  db: Db | Tx,
  which: { readonly idHash: Buffer; readonly purpose: LoginPurpose },
): Promise<LoginTransaction | undefined> {
  return TAKE_TRANSACTION.row(db, which);
}
