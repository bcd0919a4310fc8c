import { randomUUID } from 'node:crypto';
import type { TenantTx } from '#access';
import { stages } from '#contracts';
import type { RefusalCode } from '#contracts/http';
import { enqueueEach, recordAllInInbox, type AnyMessage } from '#outbox';
import { lockBatches } from './batch-lock.queries.ts';
import type { Joined } from './join-neighbours.ts';
import { reviveEmails, reviveEmailsOfPart } from './notification.queries.ts';
import { readReplay, type OpenLetter, type Replay } from './read-replay.ts';
import { replayExport } from './replay-export.ts';
import { replayFile } from './replay-file.ts';
import { replayParts } from './replay-parts.ts';

/** Rows of neighbours that are tried again as one. More would gain nothing, and take longer to find a guilty row in. */
const JOINED_ROWS_MAX = 250;

/** A letter and the message its replay published, which may be that of its neighbours, too. */
export interface Replayed {
  readonly id: string;
  readonly messageId: string;
}

export interface Refused {
  readonly id: string;
  readonly code: RefusalCode;
}

/** How fast letters are replayed. */
export interface Pace {
  /** Letters of a second; undefined when there is no limit. */
  readonly perSecond: number | undefined;
  /** Milliseconds until the n-th letter of a call, counted from 0, is due. */
  readonly delayMs: (n: number) => number;
}

/**
 * Replays letters that are open and locked: takes back what was decided when they died, and publishes their messages
 * under new ids. Letters about rows of one chunk that stand beside each other share a message, due with its first
 * letter.
 */
export async function replayLetters(
  tx: TenantTx,
  letters: readonly OpenLetter[],
  { perSecond, delayMs }: Pace,
): Promise<{ readonly replayed: readonly Replayed[]; readonly refused: readonly Refused[] }> {
  const replays = letters.map((letter) => readReplay(letter));
  const known = replays.filter((replay) => replay !== undefined);
  await silence(tx, letters, known);
  const decisions = await decide(tx, known, Math.min(JOINED_ROWS_MAX, perSecond ?? JOINED_ROWS_MAX));

  const messages: Parameters<typeof enqueueEach>[1][number][] = [];
  const messageIds = new Map<AnyMessage, string>();
  const replayed: Replayed[] = [];
  const refused: Refused[] = [];
  for (const { id } of letters) {
    const decision = decisions.get(id) ?? 'BODY_UNREADABLE';
    if (typeof decision === 'string') {
      refused.push({ id, code: decision });
      continue;
    }
    const messageId = messageIds.get(decision) ?? randomUUID();
    if (!messageIds.has(decision)) messages.push({ ...decision, messageId, delayMs: delayMs(replayed.length) });
    messageIds.set(decision, messageId);
    replayed.push({ id, messageId });
  }
  await enqueueEach(tx, messages);
  return { replayed, refused };
}

/**
 * A copy of a message that died may be on its way still. Were it to come now and do its own rows, those that are joined
 * with them could not be done as one. Recorded before the doors of batches are closed, as a worker does: a worker that
 * has the copy in hand has recorded it, and waits for the door. What is not joined, or refused, loses nothing: its rows
 * have ended, or the new message does them.
 */
async function silence(tx: TenantTx, letters: readonly OpenLetter[], replays: readonly Replay[]): Promise<void> {
  const ofParts = new Set(replays.filter(({ about }) => about === 'part').map(({ id }) => id));
  await recordAllInInbox(
    tx,
    letters.flatMap(({ id, queue, messageId }) =>
      ofParts.has(id) && messageId !== null ? [{ queue, messageId }] : [],
    ),
  );
}

/** For each letter what is published, or why nothing is. */
type Decisions = ReadonlyMap<string, AnyMessage | RefusalCode>;

async function decide(tx: TenantTx, replays: readonly Replay[], rowsMax: number): Promise<Decisions> {
  const decisions = new Map<string, AnyMessage | RefusalCode>();
  const batchIds = replays.flatMap(batchToLock);
  await lockBatches(tx, batchIds);
  // Files first: parts of a batch that is split on can be replayed, those of a failed one cannot.
  for (const replay of replays) {
    if (replay.about !== 'file') continue;
    const batches = await lockBatches(tx, [replay.batchId]);
    decisions.set(replay.id, (await replayFile(tx, batches.get(replay.batchId))) ?? replay.publish);
  }
  const batches = await lockBatches(tx, batchIds);
  const parts = replays.filter((replay) => replay.about === 'part');
  const { refusals, joined } = await replayParts(tx, parts, batches, rowsMax);
  for (const [at, { id, publish }] of parts.entries()) decisions.set(id, refusals[at] ?? publish);
  for (const each of joined) {
    const publish = messageOf(each);
    for (const id of each.letterIds) decisions.set(id, publish);
  }
  for (const replay of replays) {
    if (replay.about !== 'export') continue;
    decisions.set(replay.id, await replayExport(tx, replay, batches.get(replay.batchId)));
  }
  await replayEmails(tx, replays, decisions);
  return decisions;
}

/**
 * Message that tries a part alone, because it failed before: if it fails again it is halved, and its neighbours go on.
 */
function messageOf({ stage, part }: Joined): AnyMessage {
  return { name: stages[stage].retryAs, message: part };
}

async function replayEmails(
  tx: TenantTx,
  replays: readonly Replay[],
  decisions: Map<string, AnyMessage | RefusalCode>,
): Promise<void> {
  const emails = replays.filter((replay) => replay.about === 'email');
  await reviveEmails(tx, emails);
  for (const { id, publish } of emails) decisions.set(id, publish);
  for (const replay of replays) {
    if (replay.about !== 'emails') continue;
    await reviveEmailsOfPart(tx, replay.part);
    decisions.set(replay.id, replay.publish);
  }
}

/** Boletos of a cancelled batch stay valid, and their debtors get e-mails: these do not depend on the batch. */
function batchToLock(replay: Replay): readonly string[] {
  switch (replay.about) {
    case 'file':
    case 'export':
      return [replay.batchId];
    case 'part':
      return [replay.part.batchId];
    case 'emails':
    case 'email':
      return [];
  }
}
