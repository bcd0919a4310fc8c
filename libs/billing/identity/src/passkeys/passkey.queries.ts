import { sql, type Db, type Tx } from '#database';

/** A passkey as its person sees it. */
export interface PasskeyRow {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly credentialId: Buffer;
  readonly transports: readonly string[];
}

const LIST_PASSKEYS = sql.returning({
  id: 'uuid',
  name: 'text',
  createdAt: 'timestamptz',
  lastUsedAt: 'timestamptz?',
  credentialId: 'bytea',
  transports: 'text[]',
})`
  select id, name, created_at as "createdAt", last_used_at as "lastUsedAt", credential_id as "credentialId", transports
    from passkeys
   where user_id = ${'userId'}
   order by created_at, id
   limit 100`;

export async function listPasskeys(db: Db, userId: string): Promise<readonly PasskeyRow[]> {
  return LIST_PASSKEYS.rows(db, { userId });
}

const INSERT_PASSKEY = sql`
  insert into passkeys (id, user_id, credential_id, public_key, counter, transports, name)
  values (${'id'}, ${'userId'}, ${'credentialId'}, ${'publicKey'}, ${'counter'}, ${'transports'}::text[], ${'name'})`;

export interface NewPasskey {
  readonly id: string;
  readonly userId: string;
  readonly credentialId: Buffer;
  /** COSE. */
  readonly publicKey: Buffer;
  readonly counter: number;
  readonly transports: readonly string[];
  readonly name: string;
}

/** Rejects with a violation of passkeys_credential_once if an account has it already. */
export async function insertPasskey(tx: Tx, passkey: NewPasskey): Promise<void> {
  await INSERT_PASSKEY.run(tx, { ...passkey });
}

/** The facts that prove that an authenticator is the one that was registered. */
export interface StoredPasskey {
  readonly id: string;
  readonly userId: string;
  readonly publicKey: Buffer;
  /** The text of a bigint. */
  readonly counter: string;
  readonly transports: readonly string[];
}

const FIND_PASSKEY = sql.returning({
  id: 'uuid',
  userId: 'uuid',
  publicKey: 'bytea',
  counter: 'int8',
  transports: 'text[]',
})`
  select id, user_id as "userId", public_key as "publicKey", counter, transports
    from passkeys where credential_id = ${'credentialId'}`;

export async function findPasskey(db: Db, credentialId: Buffer): Promise<StoredPasskey | undefined> {
  return FIND_PASSKEY.row(db, { credentialId });
}

const NOTE_USE = sql`
  update passkeys set counter = ${'counter'}, last_used_at = now()
   where id = ${'id'} and (counter < ${'counter'} or (counter = 0 and ${'counter'} = 0))`;

/** Keeps the authenticator's count. False if it did not grow: a copy of the authenticator was used. */
export async function noteUse(tx: Tx, use: { readonly id: string; readonly counter: number }): Promise<boolean> {
  return (await NOTE_USE.count(tx, use)) > 0;
}

const DELETE_PASSKEY = sql`delete from passkeys where id = ${'id'} and user_id = ${'userId'}`;

export async function deletePasskey(
  tx: Tx,
  passkey: { readonly id: string; readonly userId: string },
): Promise<boolean> {
  return (await DELETE_PASSKEY.count(tx, passkey)) > 0;
}
