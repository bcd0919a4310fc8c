import type { ConsumeMessage } from 'amqplib';
import type { Link } from './link.ts';

/** The parts of a message that every way of fetching it gives. */
export type FetchedMessage = Pick<ConsumeMessage, 'content' | 'properties'>;

/**
 * Fetches one message of a queue and has it handled. Returns false when the queue was empty. It is not a consumer,
 * because a consumer would fetch more messages, and returning them counts towards the delivery limit.
 */
export async function takeOne(
  link: Link,
  queue: string,
  signal: AbortSignal,
  onMessage: (message: FetchedMessage, lost: AbortSignal) => Promise<'ack' | 'leave'>,
): Promise<boolean> {
  const connection = await link.connection(signal);
  if (connection === undefined) return false;
  const lost = new AbortController();
  const channel = await connection.whileOpen(connection.model.createChannel());
  channel.on('error', () => undefined);
  channel.on('close', () => {
    lost.abort(new Error(`the channel of ${queue} is gone`));
  });
  try {
    const message = await connection.whileOpen(channel.get(queue, { noAck: false }));
    if (message === false) return false;
    const verdict = await onMessage(message, lost.signal);
    if (verdict === 'ack' && !lost.signal.aborted) channel.ack(message);
    return true;
  } finally {
    // Unacknowledged messages return to the queue.
    await connection.whileOpen(channel.close()).catch(() => undefined);
  }
}
