import { column, sql, type Tx } from '#database';
import type { OpenLetter } from './replay/read-replay.ts';
import type { Replayed } from './replay/replay-letters.ts';
import type { LetterStatus, Selection } from './selection.ts';

export type ActionName = 'replay' | 'discard' | 'restore';

const INSERT_ACTION = sql.returning({ id: 'int8' })`
  insert into dead_letter_actions (action, operator, selection, per_second)
  values (${'name'}, ${'operator'}, ${'selection'}, ${'perSecond'})
  returning id`;

/** Begins the record of an action; what it does is counted there as it is done. */
export async function insertAction(
  tx: Tx,
  action: {
    readonly name: ActionName;
    readonly operator: string;
    readonly selection: Selection;
    readonly perSecond: number | undefined;
  },
): Promise<string> {
  const rows = await INSERT_ACTION.rows(tx, {
    name: action.name,
    operator: action.operator,
    selection: JSON.stringify(action.selection),
    perSecond: action.perSecond ?? null,
  });
  const id = rows[0]?.id;
  if (id === undefined) throw new Error('the action was not recorded');
  return id;
}

const INSERT_HISTORIES = sql`
  insert into dead_letter_histories (dead_letter_id, action_id)
  select id, ${'actionId'}
  from unnest(${'letterIds'}::bigint[]) as id`;

const COUNT_LETTERS = sql`
  update dead_letter_actions set letters = letters + ${'count'} where id = ${'actionId'}`;

/** In the transaction that did it: the letters of an action are those it took effect on, whatever happens next. */
export async function recordEffect(tx: Tx, actionId: string, letterIds: readonly string[]): Promise<void> {
  if (letterIds.length === 0) return;
  await INSERT_HISTORIES.run(tx, { actionId, letterIds });
  await COUNT_LETTERS.run(tx, { actionId, count: letterIds.length });
}

const FINISH_ACTION = sql`
  update dead_letter_actions set finished_at = now(), refusals = ${'refusals'} where id = ${'actionId'}`;

export async function finishAction(
  tx: Tx,
  actionId: string,
  refusals: Readonly<Record<string, number>>,
): Promise<void> {
  await FINISH_ACTION.run(tx, { actionId, refusals: JSON.stringify(refusals) });
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
  select id, queue, message_id as "messageId", message_name as "messageName", body, status
  from dead_letters
  where id = any(${'ids'}::bigint[])
  order by id
  for update`;

/** Rising by id, so that two actions never wait for each other in a circle. */
export async function lockLetters(tx: Tx, ids: readonly string[]): Promise<readonly LockedLetter[]> {
  return await LOCK_LETTERS.rows(tx, { ids });
}

const SET_REPLAYED = sql`
  update dead_letters l
  set status = 'replayed', settled_at = now(), replayed_as = r.message_id
  from unnest(${'ids'}::bigint[], ${'messageIds'}::uuid[]) as r (id, message_id)
  -- lockLetters holds them, here and below.
  where l.id = r.id and l.status = 'open'`;

export async function setReplayed(tx: Tx, replayed: readonly Replayed[]): Promise<void> {
  if (replayed.length === 0) return;
  await SET_REPLAYED.run(tx, {
    ids: replayed.map(({ id }) => id),
    messageIds: replayed.map(({ messageId }) => messageId),
  });
}

const SET_DISCARDED = sql`
  update dead_letters
  set status = 'discarded', settled_at = now()
  -- Held: nothing is replayed and discarded at once.
  where id = any(${'ids'}::bigint[]) and status = 'open'`;

export async function setDiscarded(tx: Tx, ids: readonly string[]): Promise<void> {
  await SET_DISCARDED.run(tx, { ids });
}

const SET_OPEN = sql`
  update dead_letters
  set status = 'open', settled_at = null
  -- Held: the purge skips what is restored.
  where id = any(${'ids'}::bigint[]) and status = 'discarded'`;

export async function setOpen(tx: Tx, ids: readonly string[]): Promise<void> {
  await SET_OPEN.run(tx, { ids });
}
