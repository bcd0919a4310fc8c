import { sql, type Db } from '#database';

const FIND_COLLIDED_ACCOUNTS = sql.returning({ bankAccountId: 'uuid', issuerIds: 'uuid[]' })`
  select a.bank_account_id as "bankAccountId", array_agg(distinct a.id) || array_agg(distinct b.id) as "issuerIds"
  from issuers a
  join issuers b on b.bank_account_id = a.bank_account_id and b.id > a.id
  where a.account ->> 'ano' is not distinct from b.account ->> 'ano' and exists (
    select from nosso_numero_blocks x
    join nosso_numero_blocks y on y.issuer_id = b.id
      and int8range(x.first_number, x.first_number + x.count) && int8range(y.first_number, y.first_number + y.count)
    where x.issuer_id = a.id
  )
  group by 1
  limit 100`;

/** Accounts whose issuers were given the same numbers before migration 12 made them share a counter. At most 100. */
export async function findCollidedAccounts(
  db: Db,
): Promise<readonly { readonly bankAccountId: string; readonly issuerIds: readonly string[] }[]> {
  return await FIND_COLLIDED_ACCOUNTS.rows(db);
}
