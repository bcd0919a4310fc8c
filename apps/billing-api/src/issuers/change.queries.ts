import type { EntityManager } from 'typeorm';
import type { BankAccount } from '#boleto';
import type { Issuer, NewIssuer } from './issuer.queries.ts';

/**
 * Locks the counter of the issuer's account and returns it. It comes before the issuer's own row, because a part that
 * takes numbers locks them in this order.
 */
export async function lockCounter(tx: EntityManager, issuerId: string): Promise<bigint> {
  const rows: { next_nosso_numero: string }[] = await tx.query(
    `select next_nosso_numero from bank_accounts
     where id = (select bank_account_id from issuers where id = $1) for no key update`,
    [issuerId],
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`issuer ${issuerId} has no account`);
  return BigInt(row.next_nosso_numero);
}

/**
 * Locks the issuer. False if it is no longer of this version. `alone` also waits for uploads and replays that refer to
 * the issuer, and makes later ones wait: each of them shares the key of its row.
 */
export async function lockIssuer(
  tx: EntityManager,
  { id, version }: Pick<Issuer, 'id' | 'version'>,
  { alone }: { readonly alone: boolean },
): Promise<boolean> {
  const rows: unknown[] = await tx.query(
    `select 1 as found from issuers where id = $1 and version = $2 for ${alone ? 'update' : 'no key update'}`,
    [id, version],
  );
  return rows.length > 0;
}

/**
 * True if the issuer has a debt, or a batch that is about to have some. Its account then gives numbers, or has given
 * them. For a caller that holds the issuer alone, no such batch can begin meanwhile.
 */
export async function isBilled(tx: EntityManager, issuerId: string): Promise<boolean> {
  const rows: { billed: boolean }[] = await tx.query(
    `select exists (select from debts where issuer_id = $1)
         or exists (select from batches
                    where issuer_id = $1 and mode = 'process' and status in ('received', 'splitting', 'processing')) as billed`,
    [issuerId],
  );
  return rows[0]?.billed === true;
}

/** Gives the issuer another account, whose counter begins at `next` or goes on from where it is, if that is higher. */
export async function moveToAccount(
  tx: EntityManager,
  issuerId: string,
  { bankCode, ...account }: BankAccount,
  next: bigint,
): Promise<void> {
  await tx.query(`update issuers set bank_code = $2, account = $3, next_nosso_numero = $4 where id = $1`, [
    issuerId,
    bankCode,
    account,
    next.toString(),
  ]);
}

/** The caller holds the counter's lock and knows that `next` is higher. */
export async function raiseCounter(tx: EntityManager, issuerId: string, next: bigint): Promise<void> {
  await tx.query(
    `update bank_accounts set next_nosso_numero = $2
     where id = (select bank_account_id from issuers where id = $1)`,
    [issuerId, next.toString()],
  );
}

/** The logo in a change of an issuer. */
export type LogoChange = 'keep' | 'remove' | Buffer;

/** Writes everything but the account. */
export async function updateIssuer(
  tx: EntityManager,
  issuer: Omit<NewIssuer, 'logo' | 'account' | 'nextNossoNumero'>,
  logo: LogoChange,
): Promise<void> {
  await tx.query(
    `update issuers
     set name = $2, document = $3, address = $4, especie = $5, instructions = $6, fees = $7, registration = $8,
         pix = $9, sacador = $10, mapping = $11, logo = case when $12 then logo else $13 end
     where id = $1`,
    [
      issuer.id,
      issuer.name,
      issuer.document,
      issuer.address,
      issuer.especie,
      // pg would send an array as a PostgreSQL array; the column is JSON.
      JSON.stringify(issuer.instructions),
      issuer.fees,
      issuer.registration,
      issuer.pix ?? null,
      issuer.sacador ?? null,
      issuer.mapping ?? null,
      logo === 'keep',
      logo instanceof Buffer ? logo : null,
    ],
  );
}
