import type { Link } from './link.ts';

/** True when each of the queues exists and has no ready message. */
export async function holdsNothing(link: Link, queues: readonly string[], signal: AbortSignal): Promise<boolean> {
  const connection = await link.connection(signal);
  if (connection === undefined) return false;
  const channel = await connection.whileOpen(connection.model.createChannel());
  // A missing queue closes the channel. The rejected check reports it too.
  channel.on('error', () => undefined);
  try {
    for (const queue of queues) {
      const { messageCount } = await connection.whileOpen(channel.checkQueue(queue));
      if (messageCount > 0) return false;
    }
    return true;
  } catch {
    return false;
  } finally {
    await connection.whileOpen(channel.close()).catch(() => undefined);
  }
}
