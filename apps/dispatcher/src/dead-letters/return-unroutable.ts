import { decodeMessage, isMessageName, topology } from '#contracts';
import type { DeadLetter } from '#broker';
import type { Tx } from '#database';
import { enqueueAgain } from './unroutable.queries.ts';

/** Whoever consumes the queue declares it again, as soon as it notices or starts. */
const WAIT_MS = 5_000;

/**
 * A message of ours that found no queue did nothing wrong: somebody deleted the queue, and it will be declared again.
 * It goes back to the outbox, for as long as it takes, so that its rows are not left without an outcome. False for any
 * other letter: it is for a person.
 */
export async function returnUnroutable(tx: Tx, letter: DeadLetter): Promise<boolean> {
  const { queue, messageId, messageName, body } = letter;
  if (queue !== topology.exchanges.unroutable || messageId === undefined) return false;
  if (messageName === undefined || !isMessageName(messageName) || !decodeMessage(messageName, body).ok) return false;
  await enqueueAgain(tx, { messageId, name: messageName, body: body.toString('utf8'), delayMs: WAIT_MS });
  return true;
}
