import { sql, type Tx } from '#database';

const FORGET_PROOFS = sql`
  with codes as (delete from recovery_codes where user_id = ${'userId'}),
       held as (delete from passkeys where user_id = ${'userId'}),
       links as (delete from account_links where user_id = ${'userId'}),
       begun as (delete from login_transactions where user_id = ${'userId'})
  update users
     set password_hash = null, totp_seed = null, totp_confirmed_at = null, totp_last_step = null
   where id = ${'userId'}`;

/**
 * Takes everything from an account with which a person could sign in, but for identities of providers: those were
 * linked by a checked address. Another holder of an invitation's link may have made the account.
 */
export async function forgetProofs(tx: Tx, userId: string): Promise<void> {
  await FORGET_PROOFS.run(tx, { userId });
}

const FORGET_LINKS = sql`delete from account_links where user_id = ${'userId'}`;

/** Links for a new password end: the admin that made one may have no say about the person any more. */
export async function forgetLinks(tx: Tx, userId: string): Promise<void> {
  await FORGET_LINKS.run(tx, { userId });
}
