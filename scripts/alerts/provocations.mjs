import { until } from '../lib/run/wait.mjs';
import { keyHeader } from '../lib/system/api-key.mjs';
import { CSV_HEADER } from '../sample.mjs';

/**
 * The live system that is attacked.
 * @typedef {object} World
 * @property {import('../lib/run/run.mjs').Run} run
 * @property {import('../lib/system/system.mjs').System} system
 * @property {Omit<import('../lib/services/postgres.mjs').PostgresServer, 'ownerUrl'>} postgres
 * @property {import('../lib/services/rabbitmq.mjs').BrokerServer} rabbitmq
 * @property {Awaited<ReturnType<typeof import('./alerting.mjs').startAlerting>>} alerting
 * @property {typeof import('../../test/chaos/broker-api.ts').BrokerApi} BrokerApi of the chaos harness
 */

/** More than the delivery limit of work queues: docs/topology.md. */
const returns = 25;
const csv = `${CSV_HEADER}
Ana Souza,52998224725,ana@example.com,80.00,2099-12-31,ALERT-1
`;

/**
 * Each attack on a live system, with the alerts that must be posted because of it. `provoke` returns a function that
 * undoes the attack.
 * @type {{ name: string, expected: string[], provoke: (world: World) => Promise<() => Promise<void>> }[]}
 */
export const provocations = [
  {
    name: 'nothing at all',
    expected: ['BillingWatchdog'],
    provoke: async () => async () => {},
  },
  {
    name: 'a container that is gone',
    expected: ['BillingAppGone'],
    async provoke({ system, alerting }) {
      await stop(system, 'notifier');
      alerting.without('notifier');
      return async () => {
        system.start('notifier');
        alerting.withAll();
        await system.ready();
      };
    },
  },
  {
    name: 'a process that does not answer',
    expected: ['BillingAppDown'],
    async provoke({ system }) {
      await stop(system, 'notifier');
      return async () => {
        system.start('notifier');
        await system.ready();
      };
    },
  },
  {
    name: 'RabbitMQ killed',
    expected: ['BillingBrokerDown'],
    async provoke({ rabbitmq, system }) {
      await rabbitmq.kill();
      return async () => {
        await rabbitmq.start();
        await system.ready({ timeoutMs: 120_000 });
      };
    },
  },
  {
    name: 'PostgreSQL stopped',
    expected: ['BillingDatabaseDown'],
    async provoke({ postgres, system }) {
      await postgres.stop('SIGINT');
      return async () => {
        await postgres.start();
        await system.ready({ timeoutMs: 120_000 });
      };
    },
  },
  {
    name: 'a queue deleted while its app is away',
    expected: ['BillingUnroutableKept'],
    async provoke(world) {
      const { system } = world;
      const api = apiOf(world);
      await stop(system, 'file-splitter');
      await api.call('DELETE', `/queues/${api.vhost}/file-splitter.batches`);
      await upload(system);
      return async () => {
        system.start('file-splitter');
        await system.ready();
      };
    },
  },
  {
    name: 'a message that the broker takes out at its delivery limit',
    expected: ['BillingDeadLetter'],
    async provoke(world) {
      const { system, run } = world;
      const api = apiOf(world);
      await stop(system, 'notifier');
      const message = {
        properties: { message_id: '00000000-0000-4000-8000-00000000a1e7' },
        payload_encoding: 'string',
      };
      await api.call('POST', `/exchanges/${api.vhost}/amq.default/publish`, {
        ...message,
        routing_key: 'notifier.recipients',
        payload: '{}',
      });
      const queue = `/queues/${api.vhost}/notifier.recipients`;
      for (let returned = 0; returned < returns; returned += 1) {
        await api.call('POST', `${queue}/get`, { count: 1, ackmode: 'ack_requeue_true', encoding: 'auto' });
      }
      await until(async () => ((await api.depths()).get('notifier.recipients') ?? 0) === 0, {
        timeoutMs: 30_000,
        signal: run.signal,
        what: 'the delivery limit',
      });
      return async () => {
        system.start('notifier');
        await system.ready();
      };
    },
  },
];

/** @param {World} world */
function apiOf({ BrokerApi, rabbitmq }) {
  return new BrokerApi(rabbitmq.managementUrl, new URL(rabbitmq.url).pathname.slice(1));
}

/**
 * @param {import('../lib/system/system.mjs').System} system
 * @param {import('../lib/system/system.mjs').AppName} name
 */
async function stop(system, name) {
  const child = system.start(name); // the one that runs
  await child.stop();
}

/** @param {import('../lib/system/system.mjs').System} system */
async function upload(system) {
  const form = new FormData();
  form.set('file', new Blob([csv]), 'debts.csv');
  const answer = await fetch(`${system.url}/v1/batches`, {
    method: 'POST',
    headers: keyHeader(system.url),
    body: form,
  });
  if (answer.status !== 202)
    throw new Error(`the upload was answered ${String(answer.status)}: ${await answer.text()}`);
}
