import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { projectFolder } from '../run/paths.mjs';

const patienceMs = 30_000;

/** @typedef {{ rabbitmqUrl: string, managementUrl?: string }} BrokerAddress */
/** @typedef {{ name: string, messages: number }} QueueCount */

/**
 * The queues of ours that still hold messages after a moment's patience (the broker's counts lag by seconds).
 * @param {BrokerAddress} broker
 * @param {AbortSignal} signal
 * @returns {Promise<QueueCount[]>}
 */
export async function queuesLeftOver(broker, signal) {
  const deadline = Date.now() + patienceMs;
  const countMessages = broker.managementUrl === undefined ? countByAmqp : countByManagement;
  for (;;) {
    const left = (await countMessages(broker, signal)).filter(({ messages }) => messages > 0);
    if (left.length === 0 || Date.now() > deadline) return left;
    await sleep(500, undefined, { signal });
  }
}

/**
 * Ready and delivered-but-unsettled messages, of every queue that our topology could have declared.
 * @param {BrokerAddress} broker
 * @param {AbortSignal} signal
 */
async function countByManagement({ rabbitmqUrl, managementUrl }, signal) {
  const { username, password, origin } = new URL(managementUrl ?? '');
  const vhost = decodeURIComponent(new URL(rabbitmqUrl).pathname.slice(1)) || '/';
  const url = `${origin}/api/queues/${encodeURIComponent(vhost)}?columns=name,messages`;
  const login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
  const response = await fetch(url, { headers: { authorization: `Basic ${login}` }, signal });
  if (!response.ok) throw new Error(`the broker's management API answered ${String(response.status)} to ${url}`);
  const known = await queueNames();
  const queues = /** @type {QueueCount[]} */ (await response.json());
  return queues.filter(({ name }) => known.some((each) => name === each || name.startsWith(`${each}.`)));
}

/**
 * Without the management API: only ready messages can be counted, queue by queue.
 * @param {BrokerAddress} broker
 */
async function countByAmqp({ rabbitmqUrl }) {
  const { connect } = await import('amqplib');
  const connection = await connect(rabbitmqUrl);
  try {
    /** @type {QueueCount[]} */ const counts = [];
    for (const name of await queueNames()) {
      for (const queue of [name, `${name}.dead`])
        counts.push({ name: queue, messages: await countOne(connection, queue) });
    }
    return counts;
  } finally {
    await connection.close();
  }
}

/**
 * A channel each: asking for a queue that does not exist closes the channel.
 * @param {import('amqplib').ChannelModel} connection
 * @param {string} queue
 */
async function countOne(connection, queue) {
  const channel = await connection.createChannel();
  channel.on('error', () => {});
  try {
    const { messageCount } = await channel.checkQueue(queue);
    await channel.close();
    return messageCount;
  } catch {
    return 0;
  }
}

/** Works only after the build, because the topology comes from the apps. */
async function queueNames() {
  const path = join(projectFolder, 'dist', 'libs', 'contracts', 'src', 'topology.js');
  const { topology } = await import(pathToFileURL(path).href);
  return [...Object.keys(topology.queues), topology.exchanges.unroutable, topology.parkingQueue];
}
