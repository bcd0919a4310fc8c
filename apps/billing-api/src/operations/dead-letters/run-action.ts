import type { Principal, Tenancy, TenantTx } from '#access';
import { recordAudit, type AuditActor, type AuditEvent } from '#audit';
import type { LetterAction, LetterStatus } from '#contracts';
import { violatedConstraint } from '#database';
import {
  finishAction,
  insertAction,
  lockLetters,
  recordEffect,
  recordProgress,
  setDiscarded,
  setOpen,
  setReplayed,
  type ActionProgress,
  type LockedLetter,
} from './action.queries.ts';
import { countLetters, lastLetterId, nextIds } from './letter.queries.ts';
import { replayLetters, type Pace, type Refused } from './replay/replay-letters.ts';
import type { Selection } from './selection.ts';

/** Letters of one transaction: what an action holds in memory and under lock, however many it is about. */
const PAGE_LETTERS = 250;
/** Refused letters that an answer names; the others are counted. */
const REFUSED_NAMED_MAX = 20;
const PAGE_ATTEMPTS_MAX = 3;

export interface ActionRequest {
  /** Its organization's letters are meant, or those of all for a caller of the platform. */
  readonly caller: Principal;
  readonly name: LetterAction;
  readonly operator: string;
  readonly actor: AuditActor;
  readonly selection: Selection;
  /** The pace of a replay: the messages of so many letters are published in a second, at most. */
  readonly perSecond?: number;
}

/** An action that is on record, and of which nothing is done yet. */
export interface BegunAction {
  readonly actionId: string;
  readonly asOf: string;
}

export interface ActionResult extends BegunAction, ActionProgress {}

/** The state that an action takes letters from, and what it says of others that were named. */
export const FROM = {
  replay: { status: 'open', otherwise: 'NOT_OPEN' },
  discard: { status: 'open', otherwise: 'NOT_OPEN' },
  restore: { status: 'discarded', otherwise: 'NOT_DISCARDED' },
} as const satisfies Record<LetterAction, { status: LetterStatus; otherwise: Refused['code'] }>;

/** One event for an action, however many letters it is for: the action lists them. */
const EVENTS = {
  replay: 'deadletters.replayed',
  discard: 'deadletters.discarded',
  restore: 'deadletters.restored',
} as const satisfies Record<LetterAction, AuditEvent['action']>;

/** Puts an action on record, with the number of letters it is for. */
export async function beginAction(tenancy: Tenancy, request: ActionRequest): Promise<BegunAction> {
  const { caller, name, selection, perSecond } = request;
  return await tenancy.withOperator(caller, async (tx) => {
    const matched = 'ids' in selection ? selection.ids.length : await countLetters(tx, selection, FROM[name].status);
    const begun = await insertAction(tx, { ...request, perSecond, matched });
    const target = { kind: 'dead letter action', id: begun.actionId } as const;
    await recordAudit(tx, request.actor, { action: EVENTS[name], target, details: { matched } });
    return begun;
  });
}

/** Begins an action and carries it out. */
export async function runAction(tenancy: Tenancy, request: ActionRequest): Promise<ActionResult> {
  return await carryOut(tenancy, request, await beginAction(tenancy, request));
}

/**
 * Replays, discards or restores a selection, page by page, each in a transaction of its own. Of actions that run at
 * the same time, and of one that is repeated, each letter is dealt with by one. An action that dies on the way, or is
 * told to stop by `signal`, has done, and recorded, its pages up to there.
 */
export async function carryOut(
  tenancy: Tenancy,
  request: ActionRequest,
  begun: BegunAction,
  signal?: AbortSignal,
): Promise<ActionResult> {
  const { actionId } = begun;
  const startedAt = Date.now();
  let progress: ActionProgress = { done: 0, refusals: {}, refused: [] };
  for await (const ids of pagesOf(tenancy, request)) {
    signal?.throwIfAborted();
    const before = progress;
    progress = await withPageTransaction(tenancy, request.caller, async (tx) => {
      const letters = await lockLetters(tx, ids);
      const { perSecond } = request;
      const delayMs = (n: number) => delayOf(before.done + n, perSecond, Date.now() - startedAt);
      const effect = await applyTo(tx, request.name, letters, { perSecond, delayMs });
      await recordEffect(tx, actionId, effect.done);
      const after = withPage(before, effect.done.length, [...effect.refused, ...unfit(request, ids, letters)]);
      await recordProgress(tx, actionId, after);
      return after;
    });
  }
  await tenancy.withOperator(request.caller, async (tx) => {
    await finishAction(tx, actionId);
  });
  return { ...begun, ...progress };
}

function withPage(before: ActionProgress, done: number, refused: readonly Refused[]): ActionProgress {
  const refusals = { ...before.refusals };
  for (const { code } of refused) refusals[code] = (refusals[code] ?? 0) + 1;
  return {
    done: before.done + done,
    refusals,
    refused: [...before.refused, ...refused].slice(0, REFUSED_NAMED_MAX),
  };
}

async function* pagesOf(
  tenancy: Tenancy,
  { caller, name, selection }: ActionRequest,
): AsyncGenerator<readonly string[]> {
  if ('ids' in selection) {
    const ids = [...new Set(selection.ids)];
    for (let at = 0; at < ids.length; at += PAGE_LETTERS) yield ids.slice(at, at + PAGE_LETTERS);
    return;
  }
  const { status } = FROM[name];
  // Letters that its own replays end in are not replayed again and again.
  const last = await tenancy.readAsOperator(caller, lastLetterId);
  for (let after = '0'; ;) {
    const page = { status, after, last, limit: PAGE_LETTERS };
    const ids = await tenancy.readAsOperator(caller, (db) => nextIds(db, selection.filter, page));
    after = ids.at(-1) ?? last;
    if (ids.length === 0) return;
    yield ids;
  }
}

interface Effect {
  readonly done: readonly string[];
  readonly refused: readonly Refused[];
}

async function applyTo(
  tx: TenantTx,
  name: LetterAction,
  letters: readonly LockedLetter[],
  pace: Pace,
): Promise<Effect> {
  const fit = letters.filter(({ status }) => status === FROM[name].status);
  const ids = fit.map(({ id }) => id);
  switch (name) {
    case 'replay': {
      const { replayed, refused } = await replayLetters(tx, fit, pace);
      await setReplayed(tx, replayed);
      return { done: replayed.map(({ id }) => id), refused };
    }
    case 'discard':
      await setDiscarded(tx, ids);
      return { done: ids, refused: [] };
    case 'restore':
      await setOpen(tx, ids);
      return { done: ids, refused: [] };
  }
}

/** A letter that another action was faster with does not match a filter any more. A named one is reported. */
function unfit(
  { name, selection }: ActionRequest,
  ids: readonly string[],
  letters: readonly LockedLetter[],
): readonly Refused[] {
  if (!('ids' in selection)) return [];
  const statuses = new Map(letters.map(({ id, status }) => [id, status]));
  return ids.flatMap((id): Refused[] => {
    const status = statuses.get(id);
    if (status === undefined) return [{ id, code: 'NOT_FOUND' }];
    return status === FROM[name].status ? [] : [{ id, code: FROM[name].otherwise }];
  });
}

/** Milliseconds from now until the n-th letter of an action, counted from 0, is due. */
function delayOf(n: number, perSecond: number | undefined, elapsedMs: number): number {
  return perSecond === undefined ? 0 : Math.max(0, (n * 1_000) / perSecond - elapsedMs);
}

/** An upload or a request for an export that came in between breaks a unique index: next time it is seen, and said. */
async function withPageTransaction<T>(
  tenancy: Tenancy,
  caller: Principal,
  work: (tx: TenantTx) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await tenancy.withOperator(caller, work);
    } catch (error) {
      if (violatedConstraint(error) === undefined || attempt >= PAGE_ATTEMPTS_MAX) throw error;
    }
  }
}
