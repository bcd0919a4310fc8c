import { fragment, sql, type Db } from '#database';

/** The time for which a silent prober counts as alive. */
const LEASE = fragment`interval '15 seconds'`;

/** A breaker that is not closed, as all processes see it. */
export interface SharedBreaker {
  readonly stage: string;
  readonly reason: string;
  readonly openings: number;
  readonly openedAt: Date;
  /** Milliseconds by the database's clock. Zero or less means now. */
  readonly probeInMs: number;
  /** The process that lets messages through one by one; null if none is alive. */
  readonly prober: string | null;
}

const FIND_BREAKERS = sql.returning({
  stage: 'text',
  reason: 'text',
  openings: 'int4',
  openedAt: 'timestamptz',
  probeInMs: 'float8',
  prober: 'uuid?',
})`
  select stage, reason, openings, opened_at as "openedAt",
         (extract(epoch from probe_at - now()) * 1000)::double precision as "probeInMs",
         case when prober_until > now() then prober end as prober
  from stage_breakers
  where stage = any(${'stages'})`;

export async function findBreakers(db: Db, stages: readonly string[]): Promise<ReadonlyMap<string, SharedBreaker>> {
  const rows = await FIND_BREAKERS.rows(db, { stages });
  return new Map(rows.map((row) => [row.stage, row]));
}

const SAVE_OPEN = sql`
  insert into stage_breakers (stage, reason, openings, probe_at)
  values (${'stage'}, ${'reason'}, ${'openings'}, now() + ${'probeInMs'} * interval '1 millisecond')
  on conflict (stage) do update
    set reason = excluded.reason, openings = excluded.openings, probe_at = excluded.probe_at,
        prober = null, prober_until = null
    where stage_breakers.prober = ${'me'}`;

/** Opens the breaker, unless another process has. Opens it again if the failed probe was that of `me`. */
export async function saveOpen(
  db: Db,
  me: string,
  { stage, reason, openings, probeInMs }: Pick<SharedBreaker, 'stage' | 'reason' | 'openings' | 'probeInMs'>,
): Promise<void> {
  await SAVE_OPEN.run(db, { stage, reason, openings, probeInMs: Math.max(0, probeInMs), me });
}

const CLAIM_PROBE = sql.returning({ stage: 'text' })`
  update stage_breakers
  set prober = ${'me'}, prober_until = now() + ${LEASE}
  where stage = ${'stage'} and probe_at <= now() and (prober is null or prober_until <= now())
  returning stage`;

/** True if `me` is the process that may now let messages through. */
export async function claimProbe(db: Db, me: string, stage: string): Promise<boolean> {
  const rows = await CLAIM_PROBE.rows(db, { me, stage });
  return rows.length === 1;
}

const RENEW_PROBES = sql`
  update stage_breakers set prober_until = now() + ${LEASE} where prober = ${'me'}`;

export async function renewProbes(db: Db, me: string): Promise<void> {
  await RENEW_PROBES.run(db, { me });
}

const RELEASE_PROBES = sql`
  update stage_breakers set prober = null, prober_until = null where prober = ${'me'}`;

/** Releases the leases of `me`, so that another process can probe at once. */
export async function releaseProbes(db: Db, me: string): Promise<void> {
  await RELEASE_PROBES.run(db, { me });
}

const DELETE_BREAKER = sql`delete from stage_breakers where stage = ${'stage'} and prober = ${'me'}`;

/** Closes the breaker for all processes, if the probes were those of `me`. */
export async function deleteBreaker(db: Db, me: string, stage: string): Promise<void> {
  await DELETE_BREAKER.run(db, { stage, me });
}
