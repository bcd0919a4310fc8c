import type { Channel, ChannelModel } from 'amqplib';
import type { TopologyPlan } from '#contracts';
import type { Logger } from '#observability';
import { messageOf } from '../delivery/describe-error.ts';

const PRECONDITION_FAILED = 406;

/**
 * Declares the plan in order. Every step is idempotent. An object that exists with other arguments is reported and left
 * unchanged: only deleting a queue can change its arguments, and an operator must decide that, not a start-up.
 */
export async function declareTopology(connection: ChannelModel, plan: TopologyPlan, logger: Logger): Promise<void> {
  let channel = await openChannel(connection);
  const steps: ((on: Channel) => Promise<unknown>)[] = [
    ...plan.exchanges.map(
      ({ name, type, alternateExchange }) =>
        async (on: Channel) =>
          await on.assertExchange(name, type, {
            durable: true,
            ...(alternateExchange === undefined ? {} : { alternateExchange }),
          }),
    ),
    ...plan.queues.map(
      ({ name, arguments: queueArguments }) =>
        async (on: Channel) =>
          await on.assertQueue(name, { durable: true, arguments: queueArguments }),
    ),
    ...plan.bindings.map(
      ({ queue, exchange, routingKey }) =>
        async (on: Channel) =>
          await on.bindQueue(queue, exchange, routingKey),
    ),
  ];
  for (const step of steps) {
    try {
      await step(channel);
    } catch (error) {
      if (!isPreconditionFailed(error)) throw error;
      logger.error('the broker holds something else under this name; see docs/topology.md', {
        event: 'broker.topology_differs',
        reason: messageOf(error),
      });
      channel = await openChannel(connection);
    }
  }
  await channel.close();
}

async function openChannel(connection: ChannelModel): Promise<Channel> {
  const channel = await connection.createChannel();
  channel.on('error', () => undefined);
  return channel;
}

function isPreconditionFailed(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === PRECONDITION_FAILED;
}
