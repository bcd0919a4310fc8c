import type { EntityManager } from 'typeorm';
import type { FailureClass, LetterAction, LetterStatus } from '#contracts';
import type { GroupCursor } from './group-cursor.ts';
import type { LetterSearch, Selection } from './selection.ts';

type Reader = Pick<EntityManager, 'query'>;

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

const SUMMARY = `id, queue, message_name as "messageName", status, reason, failure_class as "failureClass", error ->> 'type' as "errorType", fingerprint,
  attempts, batch_id as "batchId", chunk_no as "chunkNo", line, first_failed_at as "firstFailedAt",
  created_at as "diedAt", settled_at as "settledAt", replay_of as "replayOf"`;

interface Condition {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** The filter as a condition whose first parameter is $1. */
function conditionOf(filter: LetterSearch, status: LetterStatus | undefined): Condition {
  const parameters: unknown[] = [];
  const parts: string[] = [];
  const add = (value: unknown, sql: (place: string) => string): void => {
    if (value === undefined) return;
    parameters.push(value);
    parts.push(sql(`$${parameters.length.toString()}`));
  };
  add(status, (place) => `status = ${place}`);
  add(filter.queue, (place) => `queue = ${place}`);
  add(filter.batchId, (place) => `batch_id = ${place}`);
  add(filter.fingerprint, (place) => `fingerprint = ${place}`);
  add(filter.reason, (place) => `position(lower(${place}) in lower(reason)) > 0`);
  add(filter.from, (place) => `created_at >= ${place}`);
  add(filter.to, (place) => `created_at < ${place}`);
  add(filter.asOf, (place) => `created_at <= ${place}::timestamptz`);
  return { sql: parts.length === 0 ? 'true' : parts.join(' and '), parameters };
}

/** Newest first, from just below `before`. */
export async function listLetters(
  tx: Reader,
  filter: LetterSearch,
  {
    status,
    before,
    limit,
  }: { readonly status?: LetterStatus | undefined; readonly before?: string | undefined; readonly limit: number },
): Promise<readonly LetterSummary[]> {
  const { sql, parameters } = conditionOf(filter, status);
  const next = parameters.length + 1;
  return await tx.query(
    `select ${SUMMARY}
     from dead_letters
     where ${sql} and ($${next.toString()}::bigint is null or id < $${next.toString()})
     order by id desc
     limit $${(next + 1).toString()}`,
    [...parameters, before ?? null, limit],
  );
}

export interface LetterGroup {
  readonly fingerprint: string;
  readonly queue: string;
  readonly count: string;
  readonly firstDiedAt: Date;
  readonly lastDiedAt: Date;
  readonly example: { readonly id: string; readonly reason: string; readonly errorType: string | null };
}

/** Letters that died of the same, the largest groups first. The example is the latest of its group. */
export async function groupLetters(
  tx: Reader,
  filter: LetterSearch,
  {
    status,
    after,
    limit,
  }: { readonly status?: LetterStatus | undefined; readonly after?: GroupCursor | undefined; readonly limit: number },
): Promise<readonly LetterGroup[]> {
  const { sql, parameters } = conditionOf(filter, status);
  const place = (n: number): string => `$${(parameters.length + n).toString()}`;
  return await tx.query(
    `select g.fingerprint, g.queue, g.count, g.first_died_at as "firstDiedAt", g.last_died_at as "lastDiedAt",
            json_build_object('id', l.id::text, 'reason', l.reason, 'errorType', l.error ->> 'type') as example
     from (select fingerprint, queue, count(*) as count, min(created_at) as first_died_at,
                  max(created_at) as last_died_at, max(id) as latest
           from dead_letters
           where ${sql}
           group by fingerprint, queue
           having ${place(1)}::bigint is null
               or (-count(*), fingerprint, queue) > (-${place(1)}::bigint, ${place(2)}, ${place(3)})
           order by count(*) desc, fingerprint, queue
           limit ${place(4)}) g
     join dead_letters l on l.id = g.latest
     order by g.count desc, g.fingerprint, g.queue`,
    [...parameters, after?.count ?? null, after?.fingerprint ?? null, after?.queue ?? null, limit],
  );
}

/** The instant of the database's clock, to the microsecond, as a client gives it back. */
export async function databaseNow(tx: Reader): Promise<string> {
  const rows: { now: string }[] = await tx.query(
    `select to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as now`,
  );
  const [row] = rows;
  if (row === undefined) throw new Error('the database does not say what time it is');
  return row.now;
}

export async function countLetters(tx: Reader, selection: Selection, status: LetterStatus): Promise<number> {
  const { sql, parameters } =
    'ids' in selection
      ? { sql: 'status = $1 and id = any($2::bigint[])', parameters: [status, selection.ids] }
      : conditionOf(selection.filter, status);
  const rows: { count: string }[] = await tx.query(`select count(*) as count from dead_letters where ${sql}`, [
    ...parameters,
  ]);
  return Number(rows[0]?.count ?? 0);
}

export async function findLetter(tx: Reader, id: string): Promise<LetterDetails | undefined> {
  const rows: LetterDetails[] = await tx.query(
    `select ${SUMMARY}, message_id as "messageId", body, headers, error, replayed_as as "replayedAs"
     from dead_letters
     where id = $1`,
    [id],
  );
  return rows[0];
}

export interface PastAction {
  readonly action: LetterAction;
  readonly operator: string;
  readonly at: Date;
}

/** The actions on a letter, oldest first. */
export async function findHistory(tx: Reader, id: string): Promise<readonly PastAction[]> {
  return await tx.query(
    `select a.action, a.operator, a.started_at as at
     from dead_letter_histories h
     join dead_letter_actions a on a.id = h.action_id
     where h.dead_letter_id = $1
     order by a.id`,
    [id],
  );
}

/**
 * The letters that its replay ended in: it failed again. One that is about no single row is what the replays of all the
 * neighbours ended in that shared its message.
 */
export async function findReplays(tx: Reader, id: string): Promise<readonly string[]> {
  const rows: { id: string }[] = await tx.query(
    `select id from dead_letters where replay_of = $1
     union
     select r.id
     from dead_letters l
     join dead_letters neighbour on neighbour.replayed_as = l.replayed_as
     join dead_letters r on r.replay_of = neighbour.id and r.line is null
     where l.id = $1
     order by id`,
    [id],
  );
  return rows.map((row) => row.id);
}

/**
 * Ids that match, rising, after `after` and up to `last`: the letters that come while an action runs are not its own.
 */
export async function nextIds(
  tx: Reader,
  filter: LetterSearch,
  {
    status,
    after,
    last,
    limit,
  }: { readonly status: LetterStatus; readonly after: string; readonly last: string; readonly limit: number },
): Promise<readonly string[]> {
  const { sql, parameters } = conditionOf(filter, status);
  const [afterPlace, lastPlace, limitPlace] = [1, 2, 3].map((n) => `$${(parameters.length + n).toString()}`);
  const rows: { id: string }[] = await tx.query(
    `select id
     from dead_letters
     where ${sql} and id > ${afterPlace ?? ''} and id <= ${lastPlace ?? ''}
     order by id
     limit ${limitPlace ?? ''}`,
    [...parameters, after, last, limit],
  );
  return rows.map((row) => row.id);
}

/** The newest letter's id, 0 when there is none. */
export async function lastLetterId(tx: Reader): Promise<string> {
  const rows: { id: string }[] = await tx.query(`select coalesce(max(id), 0) as id from dead_letters`);
  return rows[0]?.id ?? '0';
}
