import { sql, type Tx } from '#database';
import { demoIssuer } from './demo-issuer.ts';

const INSERT_DEMO_ISSUER = sql.returning({ id: 'uuid' })`
  insert into issuers (id, name, document, address, bank_code, account, especie, instructions, fees)
  values (${'id'}, ${'name'}, ${'document'}, ${'address'}, ${'bankCode'}, ${'account'}, ${'especie'}, ${'instructions'}, ${'fees'})
  -- Issuers are never deleted.
  on conflict (id) do nothing
  returning id`;

/** Adds the demo issuer. False if it already exists; it then stays unchanged, because its numbers are in use. */
export async function insertDemoIssuer(tx: Tx): Promise<boolean> {
  const { bankCode, ...account } = demoIssuer.account;
  const inserted = await INSERT_DEMO_ISSUER.rows(tx, {
    id: demoIssuer.id,
    name: demoIssuer.name,
    document: demoIssuer.document,
    address: demoIssuer.address,
    bankCode,
    account,
    especie: demoIssuer.especie,
    // pg would turn a plain array into a PostgreSQL array
    instructions: JSON.stringify(demoIssuer.instructions),
    fees: demoIssuer.fees,
  });
  return inserted.length === 1;
}
