import type { EntityManager } from 'typeorm';

type Reader = Pick<EntityManager, 'query'>;

export interface StagePause {
  readonly stage: string;
  readonly operator: string;
  readonly reason: string | null;
  readonly pausedAt: Date;
}

/** Pausing again keeps the first operator. */
export async function insertPause(
  tx: Reader,
  {
    stage,
    operator,
    reason,
  }: { readonly stage: string; readonly operator: string; readonly reason: string | undefined },
): Promise<void> {
  await tx.query(
    `insert into stage_pauses (stage, operator, reason)
     values ($1, $2, $3)
     -- A resume that is about to delete the row comes after this pause: the one who resumes has the last word.
     on conflict (stage) do nothing`,
    [stage, operator, reason],
  );
}

export async function deletePause(tx: Reader, stage: string): Promise<void> {
  await tx.query(`delete from stage_pauses where stage = $1`, [stage]);
}

export async function findPauses(tx: Reader): Promise<ReadonlyMap<string, StagePause>> {
  const rows: StagePause[] = await tx.query(
    `select stage, operator, reason, paused_at as "pausedAt" from stage_pauses`,
  );
  return new Map(rows.map((row) => [row.stage, row]));
}

/** A breaker that is not closed. */
export interface Breaker {
  readonly stage: string;
  readonly state: 'open' | 'half-open';
  readonly reason: string;
  readonly openings: number;
  readonly openedAt: Date;
  readonly probeAt: Date;
}

export async function findBreakers(tx: Reader): Promise<ReadonlyMap<string, Breaker>> {
  const rows: Breaker[] = await tx.query(
    `select stage, case when prober_until > now() then 'half-open' else 'open' end as state, reason, openings,
            opened_at as "openedAt", probe_at as "probeAt"
     from stage_breakers`,
  );
  return new Map(rows.map((row) => [row.stage, row]));
}

export async function countOpenLetters(tx: Reader): Promise<ReadonlyMap<string, number>> {
  const rows: { queue: string; count: string }[] = await tx.query(
    `select queue, count(*) as count
     from dead_letters
     where status = 'open'
     group by queue`,
  );
  return new Map(rows.map(({ queue, count }) => [queue, Number(count)]));
}

/** The findings of dispatcher's watchdog for one message name. */
export interface LostMessages {
  readonly name: string;
  /** Published again, and missing still. */
  readonly missing: number;
  /** Published again recently, and found or done since. */
  readonly recovered: number;
}

export async function findLostMessages(tx: Reader): Promise<ReadonlyMap<string, LostMessages>> {
  const rows: LostMessages[] = await tx.query(
    `select name, count(*) filter (where recovered_at is null)::int as missing,
            count(*) filter (where recovered_at is not null)::int as recovered
     from missing_messages
     where announcements > 0
     group by name`,
  );
  return new Map(rows.map((row) => [row.name, row]));
}

export interface OutboxBacklog {
  readonly name: string;
  readonly pending: number;
  /** The number of them that are to be published now. */
  readonly due: number;
  /** For how long the oldest has been due. */
  readonly oldestSeconds: number;
}

/** The backlog of the outbox by message name, from the name after `after`. */
export async function outboxBacklog(
  tx: Reader,
  { after, limit }: { readonly after: string | undefined; readonly limit: number },
): Promise<readonly OutboxBacklog[]> {
  const rows: { name: string; pending: string; due: string; oldest: number | null }[] = await tx.query(
    `select name, count(*) as pending, count(*) filter (where available_at <= now()) as due,
            extract(epoch from now() - min(available_at))::double precision as oldest
     from outbox
     where $1::text is null or name > $1
     group by name
     order by name
     limit $2`,
    [after ?? null, limit],
  );
  return rows.map(({ name, pending, due, oldest }) => ({
    name,
    pending: Number(pending),
    due: Number(due),
    oldestSeconds: Math.max(0, Math.round(oldest ?? 0)),
  }));
}
