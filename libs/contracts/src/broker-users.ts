import { queueNames, topology } from './topology.ts';

/** The rights of a user of the broker: regular expressions for the names of exchanges and queues. */
export interface BrokerPermissions {
  /** Declaring and deleting. */
  readonly configure: string;
  /** Publishing to an exchange, and what leads into a queue. */
  readonly write: string;
  /** Consuming from a queue, purging it, and what leads out of an exchange. */
  readonly read: string;
}

/** The app that declares the topology. */
const OWNER = 'dispatcher';

const NOTHING = '^$';

/** The apps that queues belong to: file-splitter of file-splitter.batches. */
const consumers = [...new Set(queueNames.map((queue) => queue.split('.', 1).join('')))];

/**
 * The users of the broker, one for each app that connects to it. The owner may use every name of the topology, because
 * a binding or a dead-letter exchange wants the rights of both its ends. A worker reads its own queues, and writes to
 * the exchanges of what failed.
 */
export const brokerUsers: Readonly<Record<string, BrokerPermissions>> = {
  ...Object.fromEntries(consumers.map((app) => [app, permissionsOf(app)])),
  [OWNER]: everyName(),
};

function permissionsOf(app: string): BrokerPermissions {
  const { retry, dead } = topology.exchanges;
  return { configure: NOTHING, write: `^(${[retry, dead].map(escape).join('|')})$`, read: `^${escape(app)}\\.` };
}

function everyName(): BrokerPermissions {
  const names = `^(${['billing', ...consumers].map(escape).join('|')})\\.`;
  return { configure: names, write: names, read: names };
}

function escape(name: string): string {
  return name.replaceAll('.', '\\.');
}

/** The variable with the password of an app's user of the broker: FILE_SPLITTER_RABBITMQ_PASSWORD. */
function passwordVariable(app: string): string {
  return `${app.replaceAll('-', '_').toUpperCase()}_RABBITMQ_PASSWORD`;
}

/** Queues that an older version may have declared without a delivery limit, of which RabbitMQ 4 would make 20. */
const keptQueues = {
  vhost: 'billing',
  name: 'billing-kept',
  pattern: '^(.*[.]dead|billing[.](parked|unroutable))$',
  'apply-to': 'queues',
  definition: { 'delivery-limit': 1_000_000 },
  priority: 0,
};

/**
 * The definitions that RabbitMQ loads at its start, with `@VARIABLE@` in place of what an installation sets. Both
 * docker compose and the scripts fill them in. Text of observability/rabbitmq/definitions.json.
 */
export function brokerDefinitions(): string {
  const vhost = 'billing';
  const apps = Object.entries(brokerUsers);
  const admin = '@RABBITMQ_ADMIN_USER@';
  const users = [
    ...apps.map(([name]) => ({ name, password: `@${passwordVariable(name)}@`, tags: [] })),
    { name: 'monitor', password: '@RABBITMQ_MONITOR_PASSWORD@', tags: ['monitoring'] },
    { name: admin, password: '@RABBITMQ_ADMIN_PASSWORD@', tags: ['administrator'] },
  ];
  const permissions = [
    ...apps.map(([user, { configure, write, read }]) => ({ user, vhost, configure, write, read })),
    { user: 'monitor', vhost, configure: NOTHING, write: NOTHING, read: NOTHING },
    { user: admin, vhost, configure: '.*', write: '.*', read: '.*' },
  ];
  const vhosts = [{ name: vhost, description: 'Smart Billing', tags: [] }];
  return `${JSON.stringify({ vhosts, users, permissions, policies: [keptQueues] }, undefined, 2)}\n`;
}
