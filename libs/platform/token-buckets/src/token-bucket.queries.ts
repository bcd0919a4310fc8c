import { sql, type Db } from '#database';
import type { Rate } from './token-bucket.ts';

/** The result of one request for tokens. */
export interface TokenGrant {
  /** Whole tokens, from 0 to the number wanted. */
  readonly granted: number;
  /** Tokens that are left, with their fraction. Never below 0. */
  readonly left: number;
}

/**
 * Moments are whole microseconds and products are numeric, so nothing is lost. Rounded up, a full bucket holds its
 * burst.
 */
const TAKE = sql.returning({ granted: 'int4', left: 'float8' })`
  with bucket as (
    select name, empty_at, coalesce(${'at'}::timestamptz, clock_timestamp()) as clock
    from token_buckets
    where name = ${'name'}
    for update
  ), filled as (
    select name, clock,
           least(clock, greatest(empty_at, clock - make_interval(secs => ceil(${'burst'}::numeric / ${'ratePerSecond'}::numeric * 1000000)::double precision / 1000000))) as empty
    from bucket
  ), taken as (
    select name, empty,
           extract(epoch from clock - empty) * ${'ratePerSecond'}::numeric as held,
           least(${'wanted'}::numeric, ${'burst'}::numeric, floor(extract(epoch from clock - empty) * ${'ratePerSecond'}::numeric)) as granted
    from filled
  )
  update token_buckets b
  set empty_at = t.empty + make_interval(secs => ceil(t.granted / ${'ratePerSecond'}::numeric * 1000000)::double precision / 1000000)
  from taken t
  where b.name = t.name
  returning t.granted::int as granted, greatest(0, t.held - t.granted)::double precision as left`;

const INSERT_BUCKET = sql`
  insert into token_buckets (name)
  values (${'name'})
  -- Another caller has just inserted it.
  on conflict do nothing`;

/** A bucket that is full is removed after some days. It would have to happen between two statements each time. */
const ROUNDS_MAX = 5;

/**
 * Takes up to `wanted` tokens from the bucket of this name in one statement. Concurrent callers wait for its end. The
 * clock is the database's, the same for all replicas; `at` is for tests.
 *
 * The row keeps the moment at which the bucket was empty: taking n tokens moves that moment by n ÷ rate. It is never
 * later than now, and never so early that the bucket would hold more than its burst. So between two moments a and b at
 * most burst + rate × (b − a) tokens can be taken.
 */
export async function takeTokens(
  db: Db,
  {
    name,
    rate,
    wanted,
    at,
  }: { readonly name: string; readonly rate: Rate; readonly wanted: number; readonly at?: Date },
): Promise<TokenGrant> {
  const taking = async (): Promise<TokenGrant | undefined> =>
    await TAKE.row(db, { ...rate, name, wanted, at: at ?? null });
  for (let round = 1; round <= ROUNDS_MAX; round += 1) {
    const taken = await taking();
    if (taken !== undefined) return taken;
    await INSERT_BUCKET.run(db, { name });
  }
  throw new Error(`the bucket ${name} goes again and again`);
}

const RETURN = sql`
  update token_buckets
  -- Never earlier than a full bucket: takeTokens forgets what is beyond the burst.
  set empty_at = empty_at - make_interval(secs => ${'tokens'}::double precision / ${'ratePerSecond'}::double precision)
  where name = ${'name'}`;

/** Gives back tokens that were taken and not used. */
export async function returnTokens(
  db: Db,
  { name, rate, tokens }: { readonly name: string; readonly rate: Rate; readonly tokens: number },
): Promise<void> {
  await RETURN.run(db, { name, tokens, ratePerSecond: rate.ratePerSecond });
}
