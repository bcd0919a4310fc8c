import { prepareProject } from '../run/dependencies.mjs';
import { startStack } from '../services/stack.mjs';
import { appNames, System } from './system.mjs';

/**
 * Everything a demo needs, from nothing: dependencies, build, services, apps.
 * @param {import('../run/run.mjs').Run} run
 * @param {import('../run/log.mjs').Log} log
 * @param {Readonly<Record<string, string>>} [environment] added to that of every app
 * @returns {Promise<Addresses>}
 */
export async function bringUp(run, log, environment = {}) {
  const stack = await provideServices(run, log);
  const system = await System.create({
    run,
    databaseUrl: stack.databaseUrl,
    ...(stack.ownerUrl === undefined ? {} : { ownerUrl: stack.ownerUrl }),
    rabbitmqUrl: stack.rabbitmqUrl,
    ...(stack.brokerUserPrefix === undefined ? {} : { brokerUserPrefix: stack.brokerUserPrefix }),
    environment: { ...managementOfVhost(stack), ...environment },
  });
  log.info(`Starting ${String(appNames.length)} apps and the mail sink …`);
  await system.startAll();
  log.info(`All apps are ready (logs: ${run.folder}/logs)`);
  return {
    url: system.url,
    ...(system.apiKey === undefined ? {} : { apiKey: system.apiKey }),
    migrationUrl: stack.ownerUrl ?? stack.databaseUrl,
    mailUrl: system.mailUrl,
    mailbox: system.mailbox,
    messageIds: system.messageIds,
    managementUrls: system.managementUrls,
    broker: {
      rabbitmqUrl: stack.rabbitmqUrl,
      ...(stack.managementUrl === undefined ? {} : { managementUrl: stack.managementUrl }),
    },
    ...(stack.prometheusUrl === undefined ? {} : { brokerMetricsUrl: stack.prometheusUrl }),
    deadApp: () => system.deadApp(),
    setupLink: () => system.setupLink(),
  };
}

/**
 * @typedef {object} Addresses
 * @property {string} url of the gateway: the one address of the system
 * @property {string} [apiKey] what requests of the API carry
 * @property {string} migrationUrl the database as the role of its owner, to make organizations and keys
 * @property {string} mailUrl
 * @property {string} mailbox folder
 * @property {{ secret: string, domain: string }} messageIds
 * @property {Record<string, string>} managementUrls of each app
 * @property {{ rabbitmqUrl: string, managementUrl?: string }} broker
 * @property {string} [brokerMetricsUrl]
 * @property {() => import('../run/run.mjs').Child | undefined} [deadApp]
 * @property {() => Promise<string | undefined>} [setupLink] for the first person; told once, and kept nowhere
 */

/**
 * Dependencies and build beside the services: both take a while and neither needs the other.
 * @param {import('../run/run.mjs').Run} run
 * @param {import('../run/log.mjs').Log} log
 */
export async function provideServices(run, log) {
  const [stack, prepared] = await Promise.allSettled([startStack({ log, run }), prepareProject(run, log)]);
  if (stack.status === 'rejected') throw stack.reason;
  if (prepared.status === 'rejected') throw prepared.reason;
  return stack.value;
}

/** @param {Addresses} addresses @returns {string} where everything is, to read */
export function describeAddresses(addresses) {
  const { broker } = addresses;
  const rows = /** @type {[string, string][]} */ ([
    ['Smart Billing', addresses.url],
    ['API', `${addresses.url}/docs`],
    ...(addresses.apiKey === undefined ? [] : [['API key', addresses.apiKey]]),
    ['Mailbox', addresses.mailUrl],
    ...(broker.managementUrl === undefined ? [] : [['RabbitMQ', managementLogin(broker.managementUrl)]]),
    ...(addresses.brokerMetricsUrl === undefined ? [] : [['RabbitMQ metrics', addresses.brokerMetricsUrl]]),
    ...Object.entries(addresses.managementUrls).map(([name, url]) => [`${name} metrics`, `${url}/metrics`]),
  ]);
  return rows.map(([name, value]) => `  ${name.padEnd(26)}${value}`).join('\n');
}

/** @param {string} url */
function managementLogin(url) {
  const { origin, username, password } = new URL(url);
  return `${origin} (user ${decodeURIComponent(username)}, password ${decodeURIComponent(password)})`;
}

/**
 * Lets billing-api tell what is in the queues; its URL names the vhost by its path.
 * @param {{ rabbitmqUrl: string, monitorUrl?: string }} stack
 */
function managementOfVhost({ rabbitmqUrl, monitorUrl }) {
  if (monitorUrl === undefined) return {};
  return { RABBITMQ_MANAGEMENT_URL: new URL(new URL(rabbitmqUrl).pathname, monitorUrl).href };
}
