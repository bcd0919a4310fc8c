import { OWN_ISSUER, type TenantDb, type TenantTx } from '#access';
import type { BankAccount } from '#boleto';
import { fragment, sql } from '#database';
import type { Issuer, NewIssuer } from './issuer.queries.ts';

/** The account of an issuer of the caller's. */
const ACCOUNT_OF_ISSUER = fragment`(select i.bank_account_id from issuers i where i.id = ${'issuerId'} and ${OWN_ISSUER})`;

const LOCK_COUNTER = sql.returning({ next_nosso_numero: 'int8' })`
  select next_nosso_numero from bank_accounts
  where id = ${ACCOUNT_OF_ISSUER} for no key update`;

/**
 * Locks the counter of the issuer's account and returns it. It comes before the issuer's own row, because a part that
 * takes numbers locks them in this order.
 */
export async function lockCounter(tx: TenantTx, issuerId: string): Promise<bigint> {
  const row = await LOCK_COUNTER.row(tx, { ...tx.scope, issuerId });
  if (row === undefined) throw new Error(`issuer ${issuerId} has no account`);
  return BigInt(row.next_nosso_numero);
}

const LOCK_ISSUER = sql.returning({ found: 'int4' })`
  select 1 as found from issuers i where i.id = ${'id'} and i.version = ${'version'} and ${OWN_ISSUER} for no key update`;

const LOCK_ISSUER_ALONE = sql.returning({ found: 'int4' })`
  select 1 as found from issuers i where i.id = ${'id'} and i.version = ${'version'} and ${OWN_ISSUER} for update`;

/**
 * Locks the issuer. False if it is no longer of this version. `alone` also waits for uploads and replays that refer to
 * the issuer, and makes later ones wait: each of them shares the key of its row.
 */
export async function lockIssuer(
  tx: TenantTx,
  { id, version }: Pick<Issuer, 'id' | 'version'>,
  { alone }: { readonly alone: boolean },
): Promise<boolean> {
  const lock = alone ? LOCK_ISSUER_ALONE : LOCK_ISSUER;
  return (await lock.row(tx, { ...tx.scope, id, version })) !== undefined;
}

const IS_BILLED = sql.returning({ billed: 'bool' })`
  select exists (select from debts d where d.issuer_id = i.id)
      or exists (select from batches b
                 where b.issuer_id = i.id and b.mode = 'process'
                   and b.status in ('received', 'splitting', 'processing')) as billed
  from issuers i
  where i.id = ${'issuerId'} and ${OWN_ISSUER}`;

/**
 * True if the issuer has a debt, or a batch that is about to have some. Its account then gives numbers, or has given
 * them. For a caller that holds the issuer alone, no such batch can begin meanwhile.
 */
export async function isBilled(db: TenantDb, issuerId: string): Promise<boolean> {
  return (await IS_BILLED.row(db, { ...db.scope, issuerId }))?.billed === true;
}

const MOVE_TO_ACCOUNT = sql`
  update issuers i
  set bank_code = ${'bankCode'}, account = ${'account'}, next_nosso_numero = ${'next'}
  where i.id = ${'issuerId'} and ${OWN_ISSUER}`;

/** Gives the issuer another account, whose counter begins at `next` or goes on from where it is, if that is higher. */
export async function moveToAccount(
  tx: TenantTx,
  issuerId: string,
  { bankCode, ...account }: BankAccount,
  next: bigint,
): Promise<void> {
  await MOVE_TO_ACCOUNT.run(tx, { ...tx.scope, issuerId, bankCode, account, next: next.toString() });
}

const RAISE_COUNTER = sql`
  update bank_accounts set next_nosso_numero = ${'next'}
  where id = ${ACCOUNT_OF_ISSUER}`;

/** The caller holds the counter's lock and knows that `next` is higher. */
export async function raiseCounter(tx: TenantTx, issuerId: string, next: bigint): Promise<void> {
  await RAISE_COUNTER.run(tx, { ...tx.scope, issuerId, next: next.toString() });
}

/** The logo in a change of an issuer. */
export type LogoChange = 'keep' | 'remove' | Buffer;

const UPDATE_ISSUER = sql`
  update issuers i
  set name = ${'name'}, document = ${'document'}, address = ${'address'}, especie = ${'especie'},
      instructions = ${'instructions'}, fees = ${'fees'}, registration = ${'registration'}, pix = ${'pix'},
      sacador = ${'sacador'}, mapping = ${'mapping'},
      logo = case when ${'keepsLogo'}::boolean then logo else ${'logo'}::bytea end
  where i.id = ${'id'} and ${OWN_ISSUER}`;

/** Writes everything but the account. */
export async function updateIssuer(
  tx: TenantTx,
  issuer: Omit<NewIssuer, 'logo' | 'account' | 'nextNossoNumero'>,
  logo: LogoChange,
): Promise<void> {
  await UPDATE_ISSUER.run(tx, {
    ...tx.scope,
    id: issuer.id,
    name: issuer.name,
    document: issuer.document,
    address: issuer.address,
    especie: issuer.especie,
    // pg would send an array as a PostgreSQL array; the column is JSON.
    instructions: JSON.stringify(issuer.instructions),
    fees: issuer.fees,
    registration: issuer.registration,
    pix: issuer.pix ?? null,
    sacador: issuer.sacador ?? null,
    mapping: issuer.mapping ?? null,
    keepsLogo: logo === 'keep',
    logo: logo instanceof Buffer ? logo : null,
  });
}
