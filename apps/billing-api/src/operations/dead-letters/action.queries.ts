import type { EntityManager } from 'typeorm';
import type { OpenLetter } from './replay/read-replay.ts';
import type { Refused, Replayed } from './replay/replay-letters.ts';
import type { ActionView } from '#contracts/http';
import type { LetterAction, LetterStatus } from '#contracts';
import type { Selection } from './selection.ts';

/** To the microsecond, as a client gives it back. */
const AS_OF = `to_char(as_of at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** Begins the record of an action; what it does is counted there as it is done. `matched`: letters it is for. */
export async function insertAction(
  tx: EntityManager,
  action: {
    readonly name: LetterAction;
    readonly operator: string;
    readonly selection: Selection;
    readonly perSecond: number | undefined;
    readonly matched: number;
  },
): Promise<{ readonly actionId: string; readonly asOf: string }> {
  const { name, operator, selection, perSecond, matched } = action;
  const asOf = 'filter' in selection ? selection.filter.asOf : undefined;
  const rows: { actionId: string; asOf: string }[] = await tx.query(
    `insert into dead_letter_actions (action, operator, selection, per_second, as_of, matched)
     values ($1, $2, $3, $4, coalesce($5::timestamptz, now()), $6)
     returning id as "actionId", ${AS_OF} as "asOf"`,
    [name, operator, JSON.stringify(selection), perSecond, asOf ?? null, matched],
  );
  const [begun] = rows;
  if (begun === undefined) throw new Error('the action was not recorded');
  return begun;
}

/** In the transaction that did it: the letters of an action are those it took effect on, whatever happens next. */
export async function recordEffect(tx: EntityManager, actionId: string, letterIds: readonly string[]): Promise<void> {
  await tx.query(
    `insert into dead_letter_histories (dead_letter_id, action_id)
     select id, $1
     from unnest($2::bigint[]) as id`,
    [actionId, letterIds],
  );
}

/** The progress of an action so far, in the transaction of the page that made it. */
export async function recordProgress(
  tx: EntityManager,
  actionId: string,
  { done, refusals, refused }: ActionProgress,
): Promise<void> {
  await tx.query(
    `update dead_letter_actions
     set letters = $2, refusals = $3, refused = $4, progressed_at = now()
     where id = $1`,
    [actionId, done, JSON.stringify(refusals), JSON.stringify(refused)],
  );
}

export interface ActionProgress {
  /** Letters it was done to. */
  readonly done: number;
  /** Letters that stay as they are, by the reason for it. */
  readonly refusals: Readonly<Record<string, number>>;
  /** Some of them. */
  readonly refused: readonly Refused[];
}

export async function finishAction(tx: EntityManager, actionId: string): Promise<void> {
  await tx.query(`update dead_letter_actions set finished_at = now() where id = $1`, [actionId]);
}

/** An action as the API shows it, with its instants as dates. */
export interface RecordedAction extends Omit<ActionView, 'startedAt' | 'finishedAt' | 'links'> {
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
}

/** A page of letters takes seconds. An action that has made none for this long has lost its process. */
const SELECT_ACTIONS = `
  select id, action, operator, ${AS_OF} as "asOf", per_second as "perSecond", matched, letters as done, refusals, refused,
         case when finished_at is not null then 'finished'
              when progressed_at < now() - interval '1 minute' then 'interrupted'
              else 'running' end as state,
         started_at as "startedAt", finished_at as "finishedAt"
  from dead_letter_actions`;

export async function findAction(tx: Pick<EntityManager, 'query'>, id: string): Promise<RecordedAction | undefined> {
  const rows: RecordedAction[] = await tx.query(`${SELECT_ACTIONS} where id = $1`, [id]);
  return rows[0];
}

/** Newest first, from just below `before`. */
export async function listActions(
  tx: Pick<EntityManager, 'query'>,
  { before, limit }: { readonly before: string | undefined; readonly limit: number },
): Promise<readonly RecordedAction[]> {
  return await tx.query(
    `${SELECT_ACTIONS}
     where $1::bigint is null or id < $1
     order by id desc
     limit $2`,
    [before ?? null, limit],
  );
}

/** A letter that is locked until the transaction ends. */
export interface LockedLetter extends OpenLetter {
  readonly status: LetterStatus;
}

/** Rising by id, so that two actions never wait for each other in a circle. */
export async function lockLetters(tx: EntityManager, ids: readonly string[]): Promise<readonly LockedLetter[]> {
  return await tx.query(
    `select id, queue, message_id as "messageId", message_name as "messageName", body, status
     from dead_letters
     where id = any($1::bigint[])
     order by id
     for update`,
    [ids],
  );
}

export async function setReplayed(tx: EntityManager, replayed: readonly Replayed[]): Promise<void> {
  if (replayed.length === 0) return;
  await tx.query(
    `update dead_letters l
     set status = 'replayed', settled_at = now(), replayed_as = r.message_id
     from unnest($1::bigint[], $2::uuid[]) as r (id, message_id)
     -- lockLetters holds them, here and below.
     where l.id = r.id and l.status = 'open'`,
    [replayed.map(({ id }) => id), replayed.map(({ messageId }) => messageId)],
  );
}

export async function setDiscarded(tx: EntityManager, ids: readonly string[]): Promise<void> {
  await tx.query(
    `update dead_letters
     set status = 'discarded', settled_at = now()
     -- Held: nothing is replayed and discarded at once.
     where id = any($1::bigint[]) and status = 'open'`,
    [ids],
  );
}

export async function setOpen(tx: EntityManager, ids: readonly string[]): Promise<void> {
  await tx.query(
    `update dead_letters
     set status = 'open', settled_at = null
     -- Held: the purge skips what is restored.
     where id = any($1::bigint[]) and status = 'discarded'`,
    [ids],
  );
}
