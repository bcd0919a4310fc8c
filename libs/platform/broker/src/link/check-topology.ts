import type { Channel, ChannelModel } from 'amqplib';
import { topology, type TopologyPlan } from '#contracts';
import { messageOf } from '../delivery/describe-error.ts';

/** The part of the plan that a process needs: the queues it handles, and the exchanges for messages that fail. */
export function partOf(
  { queues }: TopologyPlan,
  handled: readonly string[],
): Pick<TopologyPlan, 'exchanges' | 'queues'> {
  const { retry, dead } = topology.exchanges;
  return {
    exchanges: [retry, dead].map((name) => ({ name, type: 'direct' })),
    queues: queues.filter(({ name }) => handled.some((queue) => name === queue || name.startsWith(`${queue}.`))),
  };
}

/**
 * Looks whether exchanges and queues are there. A worker may declare nothing: the dispatcher does.
 * @throws Error for the first that is missing
 */
export async function checkTopology(
  connection: ChannelModel,
  { exchanges, queues }: Pick<TopologyPlan, 'exchanges' | 'queues'>,
): Promise<void> {
  const channel: Channel = await connection.createChannel();
  // A missing queue or exchange closes the channel. The rejected check reports it too.
  channel.on('error', () => undefined);
  try {
    for (const { name } of exchanges) await channel.checkExchange(name);
    for (const { name } of queues) await channel.checkQueue(name);
  } catch (error) {
    throw new Error(`waiting for the dispatcher to declare the topology: ${messageOf(error)}`, { cause: error });
  }
  await channel.close();
}
