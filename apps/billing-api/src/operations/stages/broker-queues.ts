import { z } from 'zod';

const TIMEOUT_MS = 5_000;

const answer = z.array(
  z.object({
    name: z.string(),
    consumers: z.int().default(0),
    messages_ready: z.int().default(0),
    messages_unacknowledged: z.int().default(0),
    message_stats: z.object({ ack_details: z.object({ rate: z.number() }).optional() }).optional(),
  }),
);

/** The state of a queue at the broker. */
export interface BrokerQueue {
  readonly ready: number;
  /** Delivered, and not settled yet. */
  readonly unacked: number;
  readonly consumers: number;
  /** Messages settled in a second, recently. */
  readonly perSecond: number;
}

/**
 * Every queue of a vhost by name, from RabbitMQ's management API. `url` is http://user:password@host:port/vhost;
 * without a path it is the vhost `/`. Rejects when the API does not answer, or not with this.
 */
export async function fetchBrokerQueues(url: string): Promise<ReadonlyMap<string, BrokerQueue>> {
  const { origin, username, password, pathname } = new URL(url);
  const vhost = pathname.length > 1 ? pathname.slice(1) : '%2F';
  const columns = 'name,consumers,messages_ready,messages_unacknowledged,message_stats.ack_details.rate';
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const response = await fetch(`${origin}/api/queues/${vhost}?columns=${columns}`, {
    headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`the management API answered ${response.status.toString()}`);
  const queues = answer.parse(await response.json());
  return new Map(
    queues.map((queue) => [
      queue.name,
      {
        ready: queue.messages_ready,
        unacked: queue.messages_unacknowledged,
        consumers: queue.consumers,
        perSecond: queue.message_stats?.ack_details?.rate ?? 0,
      },
    ]),
  );
}
