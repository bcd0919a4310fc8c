import { sql, type Db } from '#database';

/** Debts of one issuer whose ids look alike: all values of debts.id, first the debt whose id has the normal form. */
interface CollidedDebtIds {
  readonly issuerId: string;
  readonly debts: readonly string[];
  /** True when all of them have the same terms: one debt was billed once for each id. */
  readonly isOneDebt: boolean;
}

const FIND_COLLIDED_DEBT_IDS = sql.returning({ issuerId: 'uuid', debts: 'text[]', isOneDebt: 'bool' })`
  select c.issuer_id as "issuerId", array[min(holder.id)::text] || array_agg(d.id::text order by d.id) as debts,
         bool_and((d.debtor_id, d.amount_centavos, d.due_date)
                  = (holder.debtor_id, holder.amount_centavos, holder.due_date)) as "isOneDebt"
  from debt_id_repairs c
  join debts d on d.id = c.debt_id
  join debts holder on holder.issuer_id = c.issuer_id and holder.debt_id = c.normal_form
  where c.outcome = 'collided'
  group by c.issuer_id, c.normal_form
  order by min(c.debt_id)
  limit 100`;

/** Debt ids that migration 17 could not bring into one form. At most 100; debt_id_repairs has all. */
export async function findCollidedDebtIds(db: Db): Promise<readonly CollidedDebtIds[]> {
  return await FIND_COLLIDED_DEBT_IDS.rows(db);
}
