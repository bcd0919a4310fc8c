import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { enqueueEach, type AnyMessage } from '#messaging';
import { lockBatches } from './batch-lock.queries.ts';
import { reviveEmails, reviveEmailsOfPart } from './notification.queries.ts';
import { readReplay, type OpenLetter, type Replay } from './read-replay.ts';
import type { RefusalCode } from './refusals.ts';
import { replayExport } from './replay-export.ts';
import { replayFile } from './replay-file.ts';
import { replayParts } from './replay-parts.ts';

/** A letter and the message its replay published. */
export interface Replayed {
  readonly id: string;
  readonly messageId: string;
}

export interface Refused {
  readonly id: string;
  readonly code: RefusalCode;
}

/**
 * Replays letters that are open and locked: takes back what was decided when they died, and publishes their messages
 * under new ids. `delayMs` says when the n-th message, counted from 0, is published.
 */
export async function replayLetters(
  tx: EntityManager,
  letters: readonly OpenLetter[],
  delayMs: (n: number) => number,
): Promise<{ readonly replayed: readonly Replayed[]; readonly refused: readonly Refused[] }> {
  const replays = letters.map((letter) => readReplay(letter));
  const known = replays.filter((replay) => replay !== undefined);
  const decisions = await decide(tx, known);

  const replayed: (Replayed & { publish: AnyMessage })[] = [];
  const refused: Refused[] = [];
  for (const { id } of letters) {
    const decision = decisions.get(id) ?? 'BODY_UNREADABLE';
    if (typeof decision === 'string') refused.push({ id, code: decision });
    else replayed.push({ id, messageId: randomUUID(), publish: decision });
  }
  await enqueueEach(
    tx,
    replayed.map(({ messageId, publish }, n) => ({ ...publish, messageId, delayMs: delayMs(n) })),
  );
  return { replayed: replayed.map(({ id, messageId }) => ({ id, messageId })), refused };
}

type Decisions = ReadonlyMap<string, AnyMessage | RefusalCode>;

/** What is published for each letter, or why nothing is. */
async function decide(tx: EntityManager, replays: readonly Replay[]): Promise<Decisions> {
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
  const refusals = await replayParts(tx, parts, batches);
  for (const [at, { id, publish }] of parts.entries()) decisions.set(id, refusals[at] ?? publish);
  for (const replay of replays) {
    if (replay.about !== 'export') continue;
    decisions.set(replay.id, await replayExport(tx, replay, batches.get(replay.batchId)));
  }
  await replayEmails(tx, replays, decisions);
  return decisions;
}

async function replayEmails(
  tx: EntityManager,
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

/** Boletos of a cancelled batch stay valid and who owes is told: its e-mails do not depend on the batch. */
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
