import type { EntityManager } from 'typeorm';

/** The limit of a bucket: all callers together get at most `ratePerSecond` × t + `burst` tokens in any time t. */
export interface Rate {
  readonly ratePerSecond: number;
  readonly burst: number;
}

/** The result of one request for tokens. */
export interface Taking {
  /** Whole tokens, from 0 to the number wanted. */
  readonly granted: number;
  /** Tokens that are left, with their fraction. Never below 0. */
  readonly left: number;
}

/**
 * A wait is at least as long as this much of the rate takes, so that a fast rate is not asked for tokens one by one.
 */
const WAIT_SECONDS_MIN = 0.1;

/**
 * Milliseconds until a bucket that holds `left` tokens has enough to be worth asking again. Enough is the number wanted
 * or the tokens of WAIT_SECONDS_MIN, whichever is less, but at least one and at most the burst. Pure.
 */
export function waitMs({ ratePerSecond, burst }: Rate, left: number, wanted: number): number {
  const enough = Math.max(1, Math.min(wanted, burst, Math.floor(ratePerSecond * WAIT_SECONDS_MIN)));
  // One millisecond more than the whole ones, because a product of rounded numbers must not fall short of a token.
  return Math.floor(((enough - left) / ratePerSecond) * 1_000) + 1;
}

/**
 * Takes up to `wanted` tokens from the bucket of this name in one statement. Concurrent callers wait for its end. The
 * clock is the database's, the same for all replicas; `at` is for tests.
 *
 * The row keeps the moment at which the bucket was empty: taking n tokens moves that moment by n ÷ rate. It is never
 * later than now, and never so early that the bucket would hold more than its burst. So between two moments a and b at
 * most burst + rate × (b − a) tokens can be taken.
 */
export async function takeTokens(
  tx: Pick<EntityManager, 'query'>,
  name: string,
  { ratePerSecond, burst }: Rate,
  wanted: number,
  at?: Date,
): Promise<Taking> {
  const taking = async (): Promise<Taking | undefined> => {
    const [rows]: [{ granted: number; left: number }[], number] = await tx.query(TAKE, [
      name,
      ratePerSecond,
      burst,
      wanted,
      at ?? null,
    ]);
    return rows[0];
  };
  const taken = await taking();
  if (taken !== undefined) return taken;
  await tx.query(
    `insert into token_buckets (name)
     values ($1)
     -- Buckets are never deleted.
     on conflict do nothing`,
    [name],
  );
  const takenFromNew = await taking();
  if (takenFromNew === undefined) throw new Error(`the bucket ${name} is gone`);
  return takenFromNew;
}

/**
 * Moments are whole microseconds and products are numeric, so nothing is lost. Rounded up, a full bucket holds its
 * burst.
 */
const TAKE = `
  with bucket as (
    select name, empty_at, coalesce($5::timestamptz, clock_timestamp()) as clock
    from token_buckets
    where name = $1
    for update
  ), filled as (
    select name, clock,
           least(clock, greatest(empty_at, clock - make_interval(secs => ceil($3::numeric / $2::numeric * 1000000)::double precision / 1000000))) as empty
    from bucket
  ), taken as (
    select name, empty,
           extract(epoch from clock - empty) * $2::numeric as held,
           least($4::numeric, $3::numeric, floor(extract(epoch from clock - empty) * $2::numeric)) as granted
    from filled
  )
  update token_buckets b
  set empty_at = t.empty + make_interval(secs => ceil(t.granted / $2::numeric * 1000000)::double precision / 1000000)
  from taken t
  where b.name = t.name
  returning t.granted::int as granted, greatest(0, t.held - t.granted)::double precision as left`;
