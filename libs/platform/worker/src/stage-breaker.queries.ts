import type { EntityManager } from 'typeorm';

type Writer = Pick<EntityManager, 'query'>;

/** The time for which a silent prober counts as alive. */
const LEASE = `interval '15 seconds'`;

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

export async function findBreakers(tx: Writer, stages: readonly string[]): Promise<ReadonlyMap<string, SharedBreaker>> {
  const rows: SharedBreaker[] = await tx.query(
    `select stage, reason, openings, opened_at as "openedAt",
            (extract(epoch from probe_at - now()) * 1000)::double precision as "probeInMs",
            case when prober_until > now() then prober end as prober
     from stage_breakers
     where stage = any($1)`,
    [stages],
  );
  return new Map(rows.map((row) => [row.stage, row]));
}

/** Opens the breaker, unless another process has. Opens it again if the failed probe was that of `me`. */
export async function saveOpen(
  tx: Writer,
  me: string,
  { stage, reason, openings, probeInMs }: Pick<SharedBreaker, 'stage' | 'reason' | 'openings' | 'probeInMs'>,
): Promise<void> {
  await tx.query(
    `insert into stage_breakers (stage, reason, openings, probe_at)
     values ($1, $2, $3, now() + $4 * interval '1 millisecond')
     on conflict (stage) do update
       set reason = excluded.reason, openings = excluded.openings, probe_at = excluded.probe_at,
           prober = null, prober_until = null
       where stage_breakers.prober = $5`,
    [stage, reason, openings, Math.max(0, probeInMs), me],
  );
}

/** True if `me` is the process that may now let messages through. */
export async function claimProbe(tx: Writer, me: string, stage: string): Promise<boolean> {
  const [rows]: [unknown[], number] = await tx.query(
    `update stage_breakers
     set prober = $1, prober_until = now() + ${LEASE}
     where stage = $2 and probe_at <= now() and (prober is null or prober_until <= now())
     returning stage`,
    [me, stage],
  );
  return rows.length === 1;
}

export async function renewProbes(tx: Writer, me: string): Promise<void> {
  await tx.query(`update stage_breakers set prober_until = now() + ${LEASE} where prober = $1`, [me]);
}

/** Releases the leases of `me`, so that another process can probe at once. */
export async function releaseProbes(tx: Writer, me: string): Promise<void> {
  await tx.query(`update stage_breakers set prober = null, prober_until = null where prober = $1`, [me]);
}

/** Closes the breaker for all processes, if the probes were those of `me`. */
export async function deleteBreaker(tx: Writer, me: string, stage: string): Promise<void> {
  await tx.query(`delete from stage_breakers where stage = $1 and prober = $2`, [stage, me]);
}
