import type { EntityManager } from 'typeorm';
import { demoIssuer } from './demo-issuer.ts';

/** Adds the demo issuer. False if it already exists; it then stays unchanged, because its numbers are in use. */
export async function insertDemoIssuer(tx: EntityManager): Promise<boolean> {
  const { bankCode, ...account } = demoIssuer.account;
  const inserted: readonly unknown[] = await tx.query(
    `insert into issuers (id, name, document, address, bank_code, account, especie, instructions, fees)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     -- Issuers are never deleted.
     on conflict (id) do nothing
     returning id`,
    [
      demoIssuer.id,
      demoIssuer.name,
      demoIssuer.document,
      demoIssuer.address,
      bankCode,
      account,
      demoIssuer.especie,
      JSON.stringify(demoIssuer.instructions), // pg would turn a plain array into a PostgreSQL array
      demoIssuer.fees,
    ],
  );
  return inserted.length === 1;
}
