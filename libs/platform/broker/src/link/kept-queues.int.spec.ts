import { readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { connect, type Channel } from 'amqplib';
import { expect, onTestFinished, test } from 'vitest';
import { deadQueue, planTopology, queueNames, topology } from '#contracts';
import { createLogger } from '#observability';
import { testVhost, waitFor, type TestVhost } from '#testing';
import { declareTopology } from './declare-topology.ts';

/** More than the 20 deliveries that RabbitMQ 4 allows in a quorum queue without a limit of its own. */
const RETURNS = 50;
const logger = createLogger({ service: 'test', version: '0', level: 'error', stream: new PassThrough().resume() });
const keptQueues = [...queueNames.map(deadQueue), topology.parkingQueue, topology.exchanges.unroutable];
/** A policy for brokers whose queues lack the argument: docs/runbook.md. */
const definitions = JSON.parse(readFileSync('observability/rabbitmq/definitions.json', 'utf8')) as {
  policies: { pattern: string; definition: object; 'apply-to': string }[];
};
const [policy] = definitions.policies;

async function openChannel(vhost: TestVhost, declare: boolean): Promise<Channel> {
  const connection = await connect(vhost.url);
  onTestFinished(async () => {
    await connection.close();
  });
  if (declare) await declareTopology(connection, planTopology(), logger);
  return await connection.createConfirmChannel();
}

/**
 * Takes the letter and returns it repeatedly, like a relay that dies while it holds the letter. Then takes it finally.
 */
async function takeAfterReturns(channel: Channel, queue: string): Promise<string | undefined> {
  channel.sendToQueue(queue, Buffer.from(`letter of ${queue}`), { persistent: true });
  const next = async () =>
    await waitFor(async () => (await channel.get(queue, { noAck: false })) || undefined, {
      describe: `a letter in ${queue}`,
    });
  for (let returned = 0; returned < RETURNS; returned += 1) channel.nack(await next(), false, true);
  const letter = await next();
  channel.ack(letter);
  return letter.content.toString();
}

const lettersOf = (queues: readonly string[]) => queues.map((queue) => `letter of ${queue}`);

test('fifty returned deliveries lose no letter', async () => {
  const channel = await openChannel(await testVhost(), true);
  const letters = await Promise.all(keptQueues.map(async (queue) => await takeAfterReturns(channel, queue)));
  expect(letters).toEqual(lettersOf(keptQueues));
});

test("fifty returned deliveries lose no letter in a queue with the runbook's policy", async () => {
  const vhost = await testVhost();
  await vhost.api('PUT', `/policies/${vhost.name}/billing-kept`, {
    pattern: policy?.pattern,
    definition: policy?.definition,
    'apply-to': policy?.['apply-to'],
  });
  const channel = await openChannel(vhost, false);
  const queues = [deadQueue('notifier.chunks'), topology.parkingQueue, topology.exchanges.unroutable];
  for (const queue of queues) {
    await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  }
  const letters = await Promise.all(queues.map(async (queue) => await takeAfterReturns(channel, queue)));
  expect(letters).toEqual(lettersOf(queues));
});

test('the policy of the runbook covers exactly the queues that must keep their letters', () => {
  const covered = planTopology()
    .queues.map(({ name }) => name)
    .filter((name) => new RegExp(policy?.pattern ?? '$^').test(name));
  expect(covered.toSorted()).toEqual(keptQueues.toSorted());
});
