import type { DeadLetter } from '#broker';
import { decodeMessage, isMessageName, topology } from '#contracts';
import type { Tx } from '#database';
import { enqueueAgain } from './unroutable.queries.ts';

/** The consumer of the queue declares it again as soon as it notices or starts. */
const WAIT_MS = 5_000;

/**
 * A message of ours that found no queue did nothing wrong: the queue was deleted and will be declared again. The
 * message goes back to the outbox until then, so that its rows do not stay without an outcome. Returns false for any
 * other letter, because only a person can judge it.
 */
export async function returnUnroutable(tx: Tx, letter: DeadLetter): Promise<boolean> {
  const { queue, messageId, messageName, body } = letter;
  if (queue !== topology.exchanges.unroutable || messageId === undefined) return false;
  if (messageName === undefined || !isMessageName(messageName) || !decodeMessage(messageName, body).ok) return false;
  await enqueueAgain(tx, { messageId, name: messageName, body: body.toString('utf8'), delayMs: WAIT_MS });
  return true;
}
