import type { EntityManager } from 'typeorm';
import { decodeMessage, isMessageName, queueNames, type QueueName } from '#contracts';
import { enqueue, type DeadLetter } from '#messaging';
import {
  failBatch,
  failExport,
  failNotification,
  failNotificationsOfPart,
  insertDeadLetter,
  insertDeadRowsOfDebts,
  insertDeadRowsOfPart,
} from './dead-letter.queries.ts';

/**
 * Keeps a dead letter and accounts for what died with it, in one transaction: rows that will not become boletos are
 * counted as dead, so that read = accepted + duplicate + rejected + dead still holds. A letter kept before is ignored.
 */
export async function buryDeadLetter(tx: EntityManager, letter: DeadLetter): Promise<void> {
  const about = identify(letter);
  if (!(await insertDeadLetter(tx, letter, about))) return;
  const queue = queueNames.find((name) => name === letter.queue);
  // Parked and unroutable messages: nothing can be said of what they were about.
  if (queue !== undefined) await accounts[queue](tx, letter);
}

type Account = (tx: EntityManager, letter: DeadLetter) => Promise<void>;

const accounts: Readonly<Record<QueueName, Account>> = {
  'file-splitter.batches': async (tx, letter) => {
    const message = decodeMessage('batch.received.v1', letter.body);
    if (message.ok) await failBatch(tx, message.message.batchId, letter.reason);
  },
  'chunk-validator.chunks': async (tx, letter) => {
    const part = decodeMessage('chunk.ready.v1', letter.body);
    if (part.ok) await insertDeadRowsOfPart(tx, part.message);
  },
  'boleto-generator.chunks': async (tx, letter) => {
    const part = decodeMessage('chunk.validated.v1', letter.body);
    if (part.ok) await insertDeadRowsOfDebts(tx, part.message);
  },
  'boleto-generator.exports': async (tx, letter) => {
    const message = decodeMessage('export.requested.v1', letter.body);
    if (message.ok) await endExport(tx, message.message, letter.reason);
  },
  'boleto-generator.export-parts': async (tx, letter) => {
    const message = decodeMessage('export.part.v1', letter.body);
    if (message.ok) await endExport(tx, message.message, letter.reason);
  },
  'boleto-generator.export-closings': async (tx, letter) => {
    const message = decodeMessage('export.close.v1', letter.body);
    if (message.ok) await endExport(tx, message.message, letter.reason);
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

/** Parts that are ready are of no use to an export that failed: whoever made them clears them away. */
async function endExport(
  tx: EntityManager,
  { batchId, exportId }: { readonly batchId: string; readonly exportId: string },
  reason: string,
): Promise<void> {
  if (await failExport(tx, exportId, reason)) await enqueue(tx, 'export.close.v1', { batchId, exportId });
}

/** The batch and chunk a letter is about, where its body can be read. */
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
