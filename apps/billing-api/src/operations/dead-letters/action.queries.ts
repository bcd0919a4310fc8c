import { OPERATED_LETTER, type TenantDb, type TenantTx } from '#access';
import type { LetterAction, LetterStatus } from '#contracts';
import type { ActionView } from '#contracts/http';
import { column, fragment, sql } from '#database';
import type { OpenLetter } from './replay/read-replay.ts';
import type { Refused, Replayed } from './replay/replay-letters.ts';
import type { Selection } from './selection.ts';

/** To the microsecond, as a client gives it back. */
const AS_OF = fragment`to_char(as_of at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

const INSERT_ACTION = sql.returning({ actionId: 'int8', asOf: 'text' })`
  insert into dead_letter_actions (organization_id, action, operator, selection, per_second, as_of, matched)
  values (${'organizationId'}, ${'name'}, ${'operator'}, ${'selection'}, ${'perSecond'},
          coalesce(${'asOf'}::timestamptz, now()), ${'matched'})
  returning id as "actionId", ${AS_OF} as "asOf"`;

/** Begins the record of an action; what it does is counted there as it is done. `matched`: letters it is for. */
export async function insertAction(
  tx: TenantTx,
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
  const begun = await INSERT_ACTION.row(tx, {
    ...tx.scope,
    name,
    operator,
    selection: JSON.stringify(selection),
    perSecond: perSecond ?? null,
    asOf: asOf ?? null,
    matched,
  });
  if (begun === undefined) throw new Error('the action was not recorded');
  return begun;
}

const INSERT_HISTORIES = sql`
  insert into dead_letter_histories (dead_letter_id, action_id)
  select l.id, ${'actionId'}
  from dead_letters l
  where l.id = any(${'letterIds'}::bigint[]) and ${OPERATED_LETTER}`;

/** In the transaction that did it: the letters of an action are those it took effect on, whatever happens next. */
export async function recordEffect(tx: TenantTx, actionId: string, letterIds: readonly string[]): Promise<void> {
  await INSERT_HISTORIES.run(tx, { ...tx.scope, actionId, letterIds });
}

const RECORD_PROGRESS = sql`
  update dead_letter_actions
  set letters = ${'done'}, refusals = ${'refusals'}, refused = ${'refused'}, progressed_at = now()
  where id = ${'actionId'} and organization_id = ${'organizationId'}`;

/** The progress of an action so far, in the transaction of the page that made it. */
export async function recordProgress(
  tx: TenantTx,
  actionId: string,
  { done, refusals, refused }: ActionProgress,
): Promise<void> {
  await RECORD_PROGRESS.run(tx, {
    ...tx.scope,
    actionId,
    done,
    refusals: JSON.stringify(refusals),
    refused: JSON.stringify(refused),
  });
}

export interface ActionProgress {
  /** Letters it was done to. */
  readonly done: number;
  /** Letters that stay as they are, by the reason for it. */
  readonly refusals: Readonly<Record<string, number>>;
  /** Some of them. */
  readonly refused: readonly Refused[];
}

const FINISH_ACTION = sql`
  update dead_letter_actions set finished_at = now() where id = ${'actionId'} and organization_id = ${'organizationId'}`;

export async function finishAction(tx: TenantTx, actionId: string): Promise<void> {
  await FINISH_ACTION.run(tx, { ...tx.scope, actionId });
}

/** An action as the API shows it, with its instants as dates. */
export interface RecordedAction extends Omit<ActionView, 'startedAt' | 'finishedAt' | 'links'> {
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
}

/** A page of letters takes seconds. An action that has made none for this long has lost its process. */
const SELECT_ACTIONS = fragment`
  select id, action, operator, ${AS_OF} as "asOf", per_second as "perSecond", matched, letters as done, refusals, refused,
         case when finished_at is not null then 'finished'
              when progressed_at < now() - interval '1 minute' then 'interrupted'
              else 'running' end as state,
         started_at as "startedAt", finished_at as "finishedAt"
  from dead_letter_actions`;

/** The actions of the caller's organization, or all for a caller of the platform. */
const OPERATED = fragment`(${'everywhere'}::boolean or organization_id = ${'organizationId'}::uuid)`;

const ACTION_COLUMNS = {
  id: 'int8',
  action: column<LetterAction>('text'),
  operator: 'text',
  asOf: 'text',
  perSecond: 'int4?',
  matched: 'int4',
  done: 'int4',
  refusals: column<ActionView['refusals']>('jsonb'),
  refused: column<ActionView['refused']>('jsonb'),
  state: column<ActionView['state']>('text'),
  startedAt: 'timestamptz',
  finishedAt: 'timestamptz?',
} as const;

const FIND_ACTION = sql.returning(ACTION_COLUMNS)`${SELECT_ACTIONS} where id = ${'id'} and ${OPERATED}`;

export async function findAction(db: TenantDb, id: string): Promise<RecordedAction | undefined> {
  return await FIND_ACTION.row(db, { ...db.scope, id });
}

const LIST_ACTIONS = sql.returning(ACTION_COLUMNS)`
  ${SELECT_ACTIONS}
   where ${OPERATED} and (${'before'}::bigint is null or id < ${'before'})
   order by id desc
   limit ${'limit'}`;

/** Newest first, from just below `before`. */
export async function listActions(
  db: TenantDb,
  { before, limit }: { readonly before: string | undefined; readonly limit: number },
): Promise<readonly RecordedAction[]> {
  return await LIST_ACTIONS.rows(db, { ...db.scope, before: before ?? null, limit });
}

/** A letter that is locked until the transaction ends. */
export interface LockedLetter extends OpenLetter {
  readonly status: LetterStatus;
}

const LOCK_LETTERS = sql.returning({
  id: 'int8',
  queue: 'text',
  messageId: 'uuid?',
  messageName: 'text?',
  body: 'bytea',
  status: column<LetterStatus>('text'),
})`
  select l.id, l.queue, l.message_id as "messageId", l.message_name as "messageName", l.body, l.status
  from dead_letters l
  where l.id = any(${'ids'}::bigint[]) and ${OPERATED_LETTER}
  order by l.id
  for update`;

/** Those that the caller may see. Rising by id, so that two actions never wait for each other in a circle. */
export async function lockLetters(tx: TenantTx, ids: readonly string[]): Promise<readonly LockedLetter[]> {
  return await LOCK_LETTERS.rows(tx, { ...tx.scope, ids });
}

const SET_REPLAYED = sql`
  update dead_letters l
  set status = 'replayed', settled_at = now(), replayed_as = r.message_id
  from unnest(${'ids'}::bigint[], ${'messageIds'}::uuid[]) as r (id, message_id)
  -- lockLetters holds them, here and below.
  where l.id = r.id and l.status = 'open' and ${OPERATED_LETTER}`;

export async function setReplayed(tx: TenantTx, replayed: readonly Replayed[]): Promise<void> {
  if (replayed.length === 0) return;
  await SET_REPLAYED.run(tx, {
    ...tx.scope,
    ids: replayed.map(({ id }) => id),
    messageIds: replayed.map(({ messageId }) => messageId),
  });
}

const SET_DISCARDED = sql`
  update dead_letters l
  set status = 'discarded', settled_at = now()
  -- Held: nothing is replayed and discarded at once.
  where l.id = any(${'ids'}::bigint[]) and l.status = 'open' and ${OPERATED_LETTER}`;

export async function setDiscarded(tx: TenantTx, ids: readonly string[]): Promise<void> {
  await SET_DISCARDED.run(tx, { ...tx.scope, ids });
}

const SET_OPEN = sql`
  update dead_letters l
  set status = 'open', settled_at = null
  -- Held: the purge skips what is restored.
  where l.id = any(${'ids'}::bigint[]) and l.status = 'discarded' and ${OPERATED_LETTER}`;

export async function setOpen(tx: TenantTx, ids: readonly string[]): Promise<void> {
  await SET_OPEN.run(tx, { ...tx.scope, ids });
}
