import { failBatch, isAccountedFor, recordPart, restOf } from '#batches';
import type { DeadLetter } from '#broker';
import {
  decodeMessage,
  failureClasses,
  isAlone,
  isMessageName,
  queueNames,
  queuesOf,
  stages,
  type ChunkPart,
  type QueueName,
  type Stage,
} from '#contracts';
import type { Tx } from '#database';
import { enqueue, enqueueAll, recordInInbox } from '#outbox';
import {
  countUnaccountedRows,
  failExport,
  failNotification,
  failNotificationsOfPart,
  insertDeadLetter,
  SPLIT_FAILED,
} from './dead-letter.queries.ts';
import { fingerprintOf } from './fingerprint.ts';
import { halve, type Suspicion } from './suspicion.ts';

/** The fate of a dead letter: kept for a person, tried again in halves, or already known. */
export type Fate = 'kept' | 'isolated' | 'repeat';

/**
 * Decides the fate of a dead letter and commits it. A part with more than one open row is halved and tried again alone,
 * until the guilty row stands by itself. A letter that is kept is accounted for in the same transaction: its rows count
 * as dead, so that read = accepted + duplicate + rejected + dead still holds. `suspicion` is what `suspect` found out
 * about the letter.
 */
export async function buryDeadLetter(tx: Tx, letter: DeadLetter, suspicion: Suspicion | undefined): Promise<Fate> {
  const { messageId } = letter;
  if (messageId !== undefined && !(await recordInInbox(tx, `${letter.queue}.dead`, messageId))) return 'repeat';
  // A late repeat of this message would do the work of its halves. It is recorded as done before the chunk is locked,
  // in the same order as a worker with the repeat in hand, because otherwise each would wait for the other's lock.
  if (messageId !== undefined && suspicion !== undefined) await recordInInbox(tx, letter.queue, messageId);
  const halves = suspicion === undefined ? undefined : await partsToTryAlone(tx, letter, suspicion);
  if (suspicion !== undefined && halves !== undefined) {
    await enqueueAll(tx, stages[suspicion.stage].retryAs, halves);
    return 'isolated';
  }
  const line = suspicion?.lines?.length === 1 ? suspicion.lines[0] : undefined;
  const queues = suspicion === undefined ? [] : queuesOf(suspicion.stage);
  const about = { ...identify(letter), line, queues, fingerprint: fingerprintOf(letter) };
  if (!(await insertDeadLetter(tx, letter, about))) return 'repeat';
  if (suspicion !== undefined) await countAsDead(tx, suspicion);
  const queue = queueNames.find((name) => name === letter.queue);
  // Parked and unroutable messages do not say what they were about.
  if (queue !== undefined && hasConsequence(queue)) await consequences[queue](tx, letter);
  return 'kept';
}

/** Ends the rows of a part as dead. Rows of it that have an outcome keep theirs. */
async function countAsDead(tx: Tx, suspicion: Suspicion): Promise<void> {
  const { stage, part, lines } = suspicion;
  if (await isAccountedFor(tx, stage, part)) return;
  const rows = lines?.length ?? (await countUnaccountedRows(tx, suspicion));
  await recordPart(tx, stage, part, { rows, dead: rows });
}

/** The parts to try again alone; undefined when nothing more can be found out. */
async function partsToTryAlone(
  tx: Tx,
  letter: DeadLetter,
  suspicion: Suspicion,
): Promise<readonly ChunkPart[] | undefined> {
  const { stage, part } = suspicion;
  const wasAlone = queueNames.some((name) => name === letter.queue && isAlone(name));
  // Another message completed some of these rows meanwhile. The rest may have no other message (ADR 33), so each
  // remaining piece ends by itself.
  if (wasAlone && (await isAccountedFor(tx, stage, part))) {
    const rest = await restOf(tx, stage, part);
    if (rest.length > 0) return rest;
  }
  if (!failureClasses[letter.failureClass].halves) return undefined;
  // A crash kills all messages of a worker. A single row that was not alone in its worker may have died because of its
  // neighbour.
  if (letter.failureClass === 'crash' && !wasAlone && suspicion.lines?.length === 1) return [suspicion.part];
  return halve(suspicion);
}

/** Queues of stages. countAsDead handles their rows, whatever the stage. */
type StageQueue = (typeof stages)[Stage]['queue' | 'alone'];

type Consequence = (tx: Tx, letter: DeadLetter) => Promise<void>;

/** The consequences of a message's death beyond its rows, for each queue that belongs to no stage. */
const consequences: Readonly<Record<Exclude<QueueName, StageQueue>, Consequence>> = {
  'file-splitter.batches': async (tx, letter) => {
    const message = decodeMessage('batch.received.v1', letter.body);
    if (message.ok) await failBatch(tx, message.message.batchId, SPLIT_FAILED);
  },
  'boleto-generator.exports': async (tx, letter) => {
    const message = decodeMessage('export.requested.v1', letter.body);
    if (message.ok) await endExport(tx, message.message);
  },
  'boleto-generator.export-parts': async (tx, letter) => {
    const message = decodeMessage('export.part.v1', letter.body);
    if (message.ok) await endExport(tx, message.message);
  },
  'boleto-generator.export-closings': async (tx, letter) => {
    const message = decodeMessage('export.close.v1', letter.body);
    if (message.ok) await endExport(tx, message.message);
  },
  'notifier.chunks': async (tx, letter) => {
    const part = decodeMessage('chunk.issued.v1', letter.body);
    if (part.ok) await failNotificationsOfPart(tx, part.message, letter.reason);
  },
  'notifier.recipients': async (tx, letter) => {
    const message = decodeMessage('notification.due.v1', letter.body);
    if (message.ok) await failNotification(tx, message.message, letter.reason);
  },
};

function hasConsequence(queue: QueueName): queue is keyof typeof consequences {
  return Object.hasOwn(consequences, queue);
}

/** A failed export has no use for its finished parts. The worker that made them removes them. */
async function endExport(
  tx: Tx,
  { batchId, exportId }: { readonly batchId: string; readonly exportId: string },
): Promise<void> {
  if (await failExport(tx, exportId)) await enqueue(tx, 'export.close.v1', { batchId, exportId });
}

/** The batch and chunk that a letter is about, where its body can be read. */
function identify({ messageName, body }: DeadLetter): {
  readonly batchId: string | null;
  readonly chunkNo: number | null;
} {
  if (messageName === undefined || !isMessageName(messageName)) return { batchId: null, chunkNo: null };
  const decoded = decodeMessage(messageName, body);
  if (!decoded.ok) return { batchId: null, chunkNo: null };
  const { message } = decoded;
  return { batchId: message.batchId, chunkNo: 'chunkNo' in message ? message.chunkNo : null };
}
