import { OPERATED_LETTER, type TenantDb } from '#access';
import type { FailureClass, LetterAction, LetterStatus } from '#contracts';
import { column, fragment, sql } from '#database';
import type { GroupCursor } from './group-cursor.ts';
import type { LetterSearch, Selection } from './selection.ts';

/** A dead letter as a list shows it, unmasked. */
export interface LetterSummary {
  readonly id: string;
  readonly queue: string;
  readonly messageName: string | null;
  readonly status: LetterStatus;
  readonly reason: string;
  readonly failureClass: FailureClass;
  readonly errorType: string | null;
  readonly fingerprint: string;
  readonly attempts: number | null;
  readonly batchId: string | null;
  readonly chunkNo: number | null;
  readonly line: string | null;
  readonly firstFailedAt: Date | null;
  readonly diedAt: Date;
  readonly settledAt: Date | null;
  readonly replayOf: string | null;
}

export interface LetterDetails extends LetterSummary {
  readonly messageId: string | null;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly error: unknown;
  readonly replayedAs: string | null;
}

const SUMMARY = fragment`l.id, l.queue, l.message_name as "messageName", l.status, l.reason,
  l.failure_class as "failureClass", l.error ->> 'type' as "errorType", l.fingerprint, l.attempts,
  l.batch_id as "batchId", l.chunk_no as "chunkNo", l.line, l.first_failed_at as "firstFailedAt",
  l.created_at as "diedAt", l.settled_at as "settledAt", l.replay_of as "replayOf"`;

const SUMMARY_COLUMNS = {
  id: 'int8',
  queue: 'text',
  messageName: 'text?',
  status: column<LetterStatus>('text'),
  reason: 'text',
  failureClass: column<FailureClass>('text'),
  errorType: 'text?',
  fingerprint: 'text',
  attempts: 'int4?',
  batchId: 'uuid?',
  chunkNo: 'int4?',
  line: 'int8?',
  firstFailedAt: 'timestamptz?',
  diedAt: 'timestamptz',
  settledAt: 'timestamptz?',
  replayOf: 'int8?',
} as const;

/**
 * Letters that the caller may see and that fulfil a filter. A condition that is not given is null, and the planner
 * leaves it out.
 */
const MATCHES = fragment`
  ${OPERATED_LETTER}
  and (${'status'}::text is null or l.status = ${'status'})
  and (${'queue'}::text is null or l.queue = ${'queue'})
  and (${'batchId'}::uuid is null or l.batch_id = ${'batchId'})
  and (${'fingerprint'}::text is null or l.fingerprint = ${'fingerprint'})
  and (${'reason'}::text is null or position(lower(${'reason'}) in lower(l.reason)) > 0)
  and (${'from'}::timestamptz is null or l.created_at >= ${'from'})
  and (${'to'}::timestamptz is null or l.created_at < ${'to'})
  and (${'asOf'}::timestamptz is null or l.created_at <= ${'asOf'})`;

function valuesOf(db: TenantDb, filter: LetterSearch, status: LetterStatus | undefined) {
  return {
    ...db.scope,
    status: status ?? null,
    queue: filter.queue ?? null,
    batchId: filter.batchId ?? null,
    fingerprint: filter.fingerprint ?? null,
    reason: filter.reason ?? null,
    from: filter.from ?? null,
    to: filter.to ?? null,
    asOf: filter.asOf ?? null,
  };
}

const LIST_LETTERS = sql.returning(SUMMARY_COLUMNS)`
  select ${SUMMARY}
  from dead_letters l
  where ${MATCHES} and (${'before'}::bigint is null or l.id < ${'before'})
  order by l.id desc
  limit ${'limit'}`;

/** Newest first, from just below `before`. */
export async function listLetters(
  db: TenantDb,
  filter: LetterSearch,
  {
    status,
    before,
    limit,
  }: { readonly status?: LetterStatus | undefined; readonly before?: string | undefined; readonly limit: number },
): Promise<readonly LetterSummary[]> {
  return await LIST_LETTERS.rows(db, { ...valuesOf(db, filter, status), before: before ?? null, limit });
}

export interface LetterGroup {
  readonly fingerprint: string;
  readonly queue: string;
  readonly count: string;
  readonly firstDiedAt: Date;
  readonly lastDiedAt: Date;
  readonly example: { readonly id: string; readonly reason: string; readonly errorType: string | null };
}

const GROUP_LETTERS = sql.returning({
  fingerprint: 'text',
  queue: 'text',
  count: 'int8',
  firstDiedAt: 'timestamptz',
  lastDiedAt: 'timestamptz',
  example: column<LetterGroup['example']>('json'),
})`
  select g.fingerprint, g.queue, g.count, g.first_died_at as "firstDiedAt", g.last_died_at as "lastDiedAt",
         json_build_object('id', l.id::text, 'reason', l.reason, 'errorType', l.error ->> 'type') as example
  from (select l.fingerprint, l.queue, count(*) as count, min(l.created_at) as first_died_at,
               max(l.created_at) as last_died_at, max(l.id) as latest
        from dead_letters l
        where ${MATCHES}
        group by l.fingerprint, l.queue
        having ${'afterCount'}::bigint is null
            or (-count(*), l.fingerprint, l.queue) > (-${'afterCount'}::bigint, ${'afterFingerprint'}, ${'afterQueue'})
        order by count(*) desc, l.fingerprint, l.queue
        limit ${'limit'}) g
  join dead_letters l on l.id = g.latest
  order by g.count desc, g.fingerprint, g.queue`;

/** Letters that died of the same, the largest groups first. The example is the latest of its group. */
export async function groupLetters(
  db: TenantDb,
  filter: LetterSearch,
  {
    status,
    after,
    limit,
  }: { readonly status?: LetterStatus | undefined; readonly after?: GroupCursor | undefined; readonly limit: number },
): Promise<readonly LetterGroup[]> {
  return await GROUP_LETTERS.rows(db, {
    ...valuesOf(db, filter, status),
    afterCount: after?.count ?? null,
    afterFingerprint: after?.fingerprint ?? null,
    afterQueue: after?.queue ?? null,
    limit,
  });
}

const DATABASE_NOW = sql.returning({ now: 'text' })`
  select to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as now`;

/** The instant of the database's clock, to the microsecond, as a client gives it back. */
export async function databaseNow(db: TenantDb): Promise<string> {
  const row = await DATABASE_NOW.row(db);
  if (row === undefined) throw new Error('the database does not say what time it is');
  return row.now;
}

const COUNT_NAMED = sql.returning({ count: 'int8' })`
  select count(*) as count from dead_letters l
  where l.status = ${'status'} and l.id = any(${'ids'}::bigint[]) and ${OPERATED_LETTER}`;

const COUNT_MATCHING = sql.returning({ count: 'int8' })`select count(*) as count from dead_letters l where ${MATCHES}`;

export async function countLetters(db: TenantDb, selection: Selection, status: LetterStatus): Promise<number> {
  const row =
    'ids' in selection
      ? await COUNT_NAMED.row(db, { ...db.scope, status, ids: selection.ids })
      : await COUNT_MATCHING.row(db, valuesOf(db, selection.filter, status));
  return Number(row?.count ?? 0);
}

const FIND_LETTER = sql.returning({
  ...SUMMARY_COLUMNS,
  messageId: 'uuid?',
  body: 'bytea',
  headers: column<Readonly<Record<string, unknown>>>('jsonb'),
  error: column<unknown>('jsonb'),
  replayedAs: 'uuid?',
})`
  select ${SUMMARY}, l.message_id as "messageId", l.body, l.headers, l.error, l.replayed_as as "replayedAs"
  from dead_letters l
  where l.id = ${'id'} and ${OPERATED_LETTER}`;

export async function findLetter(db: TenantDb, id: string): Promise<LetterDetails | undefined> {
  const rows = await FIND_LETTER.rows(db, { ...db.scope, id });
  return rows[0];
}

export interface PastAction {
  readonly action: LetterAction;
  readonly operator: string;
  readonly at: Date;
}

const FIND_HISTORY = sql.returning({ action: column<LetterAction>('text'), operator: 'text', at: 'timestamptz' })`
  select a.action, a.operator, a.started_at as at
  from dead_letter_histories h
  join dead_letters l on l.id = h.dead_letter_id
  join dead_letter_actions a on a.id = h.action_id
  where h.dead_letter_id = ${'id'} and ${OPERATED_LETTER}
  order by a.id`;

/** The actions on a letter, oldest first. */
export async function findHistory(db: TenantDb, id: string): Promise<readonly PastAction[]> {
  return await FIND_HISTORY.rows(db, { ...db.scope, id });
}

const FIND_REPLAYS = sql.returning({ id: 'int8' })`
  select l.id from dead_letters l where l.replay_of = ${'id'} and ${OPERATED_LETTER}
  union
  select l.id
  from dead_letters mine
  join dead_letters neighbour on neighbour.replayed_as = mine.replayed_as
  join dead_letters l on l.replay_of = neighbour.id and l.line is null
  where mine.id = ${'id'} and ${OPERATED_LETTER}
  order by id`;

/**
 * The letters that its replay ended in: it failed again. One that is about no single row is what the replays of all the
 * neighbours ended in that shared its message.
 */
export async function findReplays(db: TenantDb, id: string): Promise<readonly string[]> {
  const rows = await FIND_REPLAYS.rows(db, { ...db.scope, id });
  return rows.map((row) => row.id);
}

const NEXT_IDS = sql.returning({ id: 'int8' })`
  select l.id
  from dead_letters l
  where ${MATCHES} and l.id > ${'after'} and l.id <= ${'last'}
  order by l.id
  limit ${'limit'}`;

/**
 * Ids that match, rising, after `after` and up to `last`: the letters that come while an action runs are not its own.
 */
export async function nextIds(
  db: TenantDb,
  filter: LetterSearch,
  {
    status,
    after,
    last,
    limit,
  }: { readonly status: LetterStatus; readonly after: string; readonly last: string; readonly limit: number },
): Promise<readonly string[]> {
  const rows = await NEXT_IDS.rows(db, { ...valuesOf(db, filter, status), after, last, limit });
  return rows.map((row) => row.id);
}

const LAST_LETTER_ID = sql.returning({ id: 'int8' })`
  select coalesce(max(l.id), 0) as id from dead_letters l where ${OPERATED_LETTER}`;

/** The id of the newest letter that the caller may see, 0 when there is none. */
export async function lastLetterId(db: TenantDb): Promise<string> {
  const rows = await LAST_LETTER_ID.rows(db, db.scope);
  return rows[0]?.id ?? '0';
}
