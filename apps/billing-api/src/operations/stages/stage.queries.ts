import { OPERATED_LETTER, type TenantDb, type TenantTx } from '#access';
import { column, sql } from '#database';

export interface StagePause {
  readonly stage: string;
  readonly operator: string;
  readonly reason: string | null;
  readonly pausedAt: Date;
}

const INSERT_PAUSE = sql.returning({ stage: 'text' })`
  insert into stage_pauses (stage, operator, reason)
  values (${'stage'}, ${'operator'}, ${'reason'})
  -- A resume that is about to delete the row comes after this pause: the one who resumes has the last word.
  on conflict (stage) do nothing
  returning stage`;

/** False if it is paused already: the first operator stays. */
export async function insertPause(
  db: TenantTx,
  {
    stage,
    operator,
    reason,
  }: { readonly stage: string; readonly operator: string; readonly reason: string | undefined },
): Promise<boolean> {
  return (await INSERT_PAUSE.row(db, { stage, operator, reason: reason ?? null })) !== undefined;
}

const DELETE_PAUSE = sql`delete from stage_pauses where stage = ${'stage'}`;

/** False if it was not paused. */
export async function deletePause(db: TenantTx, stage: string): Promise<boolean> {
  return (await DELETE_PAUSE.count(db, { stage })) > 0;
}

const FIND_PAUSES = sql.returning({
  stage: 'text',
  operator: 'text',
  reason: 'text?',
  pausedAt: 'timestamptz',
})`select stage, operator, reason, paused_at as "pausedAt" from stage_pauses`;

export async function findPauses(db: TenantDb): Promise<ReadonlyMap<string, StagePause>> {
  const rows = await FIND_PAUSES.rows(db);
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

const FIND_BREAKERS = sql.returning({
  stage: 'text',
  state: column<'open' | 'half-open'>('text'),
  reason: 'text',
  openings: 'int4',
  openedAt: 'timestamptz',
  probeAt: 'timestamptz',
})`
  select stage, case when prober_until > now() then 'half-open' else 'open' end as state, reason, openings,
         opened_at as "openedAt", probe_at as "probeAt"
  from stage_breakers`;

export async function findBreakers(db: TenantDb): Promise<ReadonlyMap<string, Breaker>> {
  const rows = await FIND_BREAKERS.rows(db);
  return new Map(rows.map((row) => [row.stage, row]));
}

const COUNT_OPEN_LETTERS = sql.returning({ queue: 'text', count: 'int8' })`
  select l.queue, count(*) as count
  from dead_letters l
  where l.status = 'open' and ${OPERATED_LETTER}
  group by l.queue`;

export async function countOpenLetters(db: TenantDb): Promise<ReadonlyMap<string, number>> {
  const rows = await COUNT_OPEN_LETTERS.rows(db, db.scope);
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

const FIND_LOST_MESSAGES = sql.returning({ name: 'text', missing: 'int4', recovered: 'int4' })`
  select name, count(*) filter (where recovered_at is null)::int as missing,
         count(*) filter (where recovered_at is not null)::int as recovered
  from missing_messages
  where announcements > 0
  group by name`;

export async function findLostMessages(db: TenantDb): Promise<ReadonlyMap<string, LostMessages>> {
  const rows = await FIND_LOST_MESSAGES.rows(db);
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

const OUTBOX_BACKLOG = sql.returning({ name: 'text', pending: 'int8', due: 'int8', oldest: 'float8?' })`
  select name, count(*) as pending, count(*) filter (where available_at <= now()) as due,
         extract(epoch from now() - min(available_at))::double precision as oldest
  from outbox
  where ${'after'}::text is null or name > ${'after'}
  group by name
  order by name
  limit ${'limit'}`;

/** The backlog of the outbox by message name, from the name after `after`. */
export async function outboxBacklog(
  db: TenantDb,
  { after, limit }: { readonly after: string | undefined; readonly limit: number },
): Promise<readonly OutboxBacklog[]> {
  const rows = await OUTBOX_BACKLOG.rows(db, { after: after ?? null, limit });
  return rows.map(({ name, pending, due, oldest }) => ({
    name,
    pending: Number(pending),
    due: Number(due),
    oldestSeconds: Math.max(0, Math.round(oldest ?? 0)),
  }));
}
