import type { EntityManager } from 'typeorm';
import type { OpenLetter } from './replay/read-replay.ts';
import type { Replayed } from './replay/replay-letters.ts';
import type { LetterStatus, Selection } from './selection.ts';

export type ActionName = 'replay' | 'discard' | 'restore';

/** Begins the record of an action; what it does is counted there as it is done. */
export async function insertAction(
  tx: EntityManager,
  action: {
    readonly name: ActionName;
    readonly operator: string;
    readonly selection: Selection;
    readonly perSecond: number | undefined;
  },
): Promise<string> {
  const rows: { id: string }[] = await tx.query(
    `insert into dead_letter_actions (action, operator, selection, per_second)
     values ($1, $2, $3, $4)
     returning id`,
    [action.name, action.operator, JSON.stringify(action.selection), action.perSecond],
  );
  const id = rows[0]?.id;
  if (id === undefined) throw new Error('the action was not recorded');
  return id;
}

/** In the transaction that did it: the letters of an action are those it took effect on, whatever happens next. */
export async function recordEffect(tx: EntityManager, actionId: string, letterIds: readonly string[]): Promise<void> {
  if (letterIds.length === 0) return;
  await tx.query(
    `insert into dead_letter_histories (dead_letter_id, action_id)
     select id, $1
     from unnest($2::bigint[]) as id`,
    [actionId, letterIds],
  );
  await tx.query(`update dead_letter_actions set letters = letters + $2 where id = $1`, [actionId, letterIds.length]);
}

export async function finishAction(
  tx: EntityManager,
  actionId: string,
  refusals: Readonly<Record<string, number>>,
): Promise<void> {
  await tx.query(`update dead_letter_actions set finished_at = now(), refusals = $2 where id = $1`, [
    actionId,
    JSON.stringify(refusals),
  ]);
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
