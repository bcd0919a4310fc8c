import type { FailureClass, LetterAction, LetterStatus } from '#contracts';
import { column, fragment, sql, type Db } from '#database';
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

const SUMMARY = fragment`id, queue, message_name as "messageName", status, reason, failure_class as "failureClass", error ->> 'type' as "errorType", fingerprint,
  attempts, batch_id as "batchId", chunk_no as "chunkNo", line, first_failed_at as "firstFailedAt",
  created_at as "diedAt", settled_at as "settledAt", replay_of as "replayOf"`;

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

/** Conditions of a filter. One that is not given is null, and the planner leaves its condition out. */
const MATCHES = fragment`
  (${'status'}::text is null or status = ${'status'})
  and (${'queue'}::text is null or queue = ${'queue'})
  and (${'batchId'}::uuid is null or batch_id = ${'batchId'})
  and (${'fingerprint'}::text is null or fingerprint = ${'fingerprint'})
  and (${'reason'}::text is null or position(lower(${'reason'}) in lower(reason)) > 0)
  and (${'from'}::timestamptz is null or created_at >= ${'from'})
  and (${'to'}::timestamptz is null or created_at < ${'to'})
  and (${'asOf'}::timestamptz is null or created_at <= ${'asOf'})`;

function valuesOf(filter: LetterSearch, status: LetterStatus | undefined) {
  return {
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
  from dead_letters
  where ${MATCHES} and (${'before'}::bigint is null or id < ${'before'})
  order by id desc
  limit ${'limit'}`;

/** Newest first, from just below `before`. */
export async function listLetters(
  db: Db,
  filter: LetterSearch,
  {
    status,
    before,
    limit,
  }: { readonly status?: LetterStatus | undefined; readonly before?: string | undefined; readonly limit: number },
): Promise<readonly LetterSummary[]> {
  return await LIST_LETTERS.rows(db, { ...valuesOf(filter, status), before: before ?? null, limit });
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
  from (select fingerprint, queue, count(*) as count, min(created_at) as first_died_at,
               max(created_at) as last_died_at, max(id) as latest
        from dead_letters
        where ${MATCHES}
        group by fingerprint, queue
        having ${'afterCount'}::bigint is null
            or (-count(*), fingerprint, queue) > (-${'afterCount'}::bigint, ${'afterFingerprint'}, ${'afterQueue'})
        order by count(*) desc, fingerprint, queue
        limit ${'limit'}) g
  join dead_letters l on l.id = g.latest
  order by g.count desc, g.fingerprint, g.queue`;

/** Letters that died of the same, the largest groups first. The example is the latest of its group. */
export async function groupLetters(
  db: Db,
  filter: LetterSearch,
  {
    status,
    after,
    limit,
  }: { readonly status?: LetterStatus | undefined; readonly after?: GroupCursor | undefined; readonly limit: number },
): Promise<readonly LetterGroup[]> {
  return await GROUP_LETTERS.rows(db, {
    ...valuesOf(filter, status),
    afterCount: after?.count ?? null,
    afterFingerprint: after?.fingerprint ?? null,
    afterQueue: after?.queue ?? null,
    limit,
  });
}

const DATABASE_NOW = sql.returning({ now: 'text' })`
  select to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as now`;

/** The instant of the database's clock, to the microsecond, as a client gives it back. */
export async function databaseNow(db: Db): Promise<string> {
  const row = await DATABASE_NOW.row(db);
  if (row === undefined) throw new Error('the database does not say what time it is');
  return row.now;
}

const COUNT_NAMED = sql.returning({ count: 'int8' })`
  select count(*) as count from dead_letters where status = ${'status'} and id = any(${'ids'}::bigint[])`;

const COUNT_MATCHING = sql.returning({ count: 'int8' })`select count(*) as count from dead_letters where ${MATCHES}`;

export async function countLetters(db: Db, selection: Selection, status: LetterStatus): Promise<number> {
  const row =
    'ids' in selection
      ? await COUNT_NAMED.row(db, { status, ids: selection.ids })
      : await COUNT_MATCHING.row(db, valuesOf(selection.filter, status));
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
  select ${SUMMARY}, message_id as "messageId", body, headers, error, replayed_as as "replayedAs"
  from dead_letters
  where id = ${'id'}`;

export async function findLetter(db: Db, id: string): Promise<LetterDetails | undefined> {
  const rows = await FIND_LETTER.rows(db, { id });
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
  join dead_letter_actions a on a.id = h.action_id
  where h.dead_letter_id = ${'id'}
  order by a.id`;

/** The actions on a letter, oldest first. */
export async function findHistory(db: Db, id: string): Promise<readonly PastAction[]> {
  return await FIND_HISTORY.rows(db, { id });
}

const FIND_REPLAYS = sql.returning({ id: 'int8' })`
  select id from dead_letters where replay_of = ${'id'}
  union
  select r.id
  from dead_letters l
  join dead_letters neighbour on neighbour.replayed_as = l.replayed_as
  join dead_letters r on r.replay_of = neighbour.id and r.line is null
  where l.id = ${'id'}
  order by id`;

/**
 * The letters that its replay ended in: it failed again. One that is about no single row is what the replays of all the
 * neighbours ended in that shared its message.
 */
export async function findReplays(db: Db, id: string): Promise<readonly string[]> {
  const rows = await FIND_REPLAYS.rows(db, { id });
  return rows.map((row) => row.id);
}

const NEXT_IDS = sql.returning({ id: 'int8' })`
  select id
  from dead_letters
  where ${MATCHES} and id > ${'after'} and id <= ${'last'}
  order by id
  limit ${'limit'}`;

/**
 * Ids that match, rising, after `after` and up to `last`: the letters that come while an action runs are not its own.
 */
export async function nextIds(
  db: Db,
  filter: LetterSearch,
  {
    status,
    after,
    last,
    limit,
  }: { readonly status: LetterStatus; readonly after: string; readonly last: string; readonly limit: number },
): Promise<readonly string[]> {
  const rows = await NEXT_IDS.rows(db, { ...valuesOf(filter, status), after, last, limit });
  return rows.map((row) => row.id);
}

const LAST_LETTER_ID = sql.returning({ id: 'int8' })`select coalesce(max(id), 0) as id from dead_letters`;

/** The newest letter's id, 0 when there is none. */
export async function lastLetterId(db: Db): Promise<string> {
  const rows = await LAST_LETTER_ID.rows(db);
  return rows[0]?.id ?? '0';
}
