import { sql, type Db } from '#database';

const RESERVE = sql.returning({ failures: 'int4' })`
  with forgotten as (
    delete from sign_in_failures
     where account_hash in (select account_hash from sign_in_failures
                             where failed_at < now() - interval '1 day' and account_hash <> ${'accountHash'}
                             -- Old ones only: one that another transaction holds is counted or deleted there.
                             order by failed_at limit 100 for update skip locked)
  )
  insert into sign_in_failures as f (account_hash, failures, wait_until)
  values (${'accountHash'}, 1, now())
  on conflict (account_hash) do update
     set failures = f.failures + 1, failed_at = now(),
         wait_until = now() + make_interval(secs => (${'delays'}::int4[])[least(f.failures + 1, cardinality(${'delays'}::int4[]))])
   where f.wait_until <= now()
  returning failures`;

/**
 * Counts an attempt as a failure before it is looked at, so that many at once are counted too. `delays[n]` is the wait
 * after the n-th failure, in seconds. False while the account waits.
 */
export async function reserveAttempt(
  db: Db,
  attempt: { readonly accountHash: Buffer; readonly delays: readonly number[] },
): Promise<boolean> {
  return (await RESERVE.row(db, attempt)) !== undefined;
}

const WAIT_LEFT = sql.returning({ seconds: 'int4' })`
  select greatest(1, ceil(extract(epoch from wait_until - now())))::int as seconds
    from sign_in_failures where account_hash = ${'accountHash'}`;

export async function waitLeft(db: Db, accountHash: Buffer): Promise<number> {
  return (await WAIT_LEFT.row(db, { accountHash }))?.seconds ?? 1;
}

const FORGIVE_ALL = sql`delete from sign_in_failures where account_hash = ${'accountHash'}`;

/** The person has signed in. */
export async function forgiveFailures(db: Db, accountHash: Buffer): Promise<void> {
  await FORGIVE_ALL.run(db, { accountHash });
}

const FORGIVE_ONE = sql`
  update sign_in_failures set failures = greatest(1, failures - 1), wait_until = now()
   where account_hash = ${'accountHash'}`;

/** The password was right, and the second factor is still to come: its failures before this stay counted. */
export async function forgiveAttempt(db: Db, accountHash: Buffer): Promise<void> {
  await FORGIVE_ONE.run(db, { accountHash });
}
