import { randomUUID } from 'node:crypto';
import { connect } from 'amqplib';
import { inject, onTestFinished } from 'vitest';

export interface TestVhost {
  /** amqp://user:password@host:port/vhost */
  readonly url: string;
  /** http://user:password@host:port of the management API. */
  readonly managementUrl: string;
  readonly name: string;
  /**
   * Sends one request to the management API, for example `api('GET', \`/queues/${name}\`)`. `path` starts after `/api`.
   * Returns the decoded body (undefined when empty). Rejects when the answer is not 2xx.
   */
  api(method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: object): Promise<unknown>;
  /** The present number of consumers of a queue. The management API itself counts them only every five seconds. */
  consumersOf(queue: string): Promise<number>;
  /** Closes its connections and deletes it with all its queues. */
  drop(): Promise<void>;
}

const ALL = { configure: '.*', write: '.*', read: '.*' };
const REQUEST_TIMEOUT_MS = 10_000;

/** A broker for a whole test file (beforeAll/afterAll). The caller must call `drop` at the end. */
export async function createTestVhost(): Promise<TestVhost> {
  const { rabbitmqUrl, rabbitmqManagementUrl } = inject('services');
  const name = `test-${randomUUID()}`;
  const url = new URL(rabbitmqUrl);
  url.pathname = `/${name}`;

  const api: TestVhost['api'] = (method, path, body) => request(rabbitmqManagementUrl, method, path, body);
  await api('PUT', `/vhosts/${name}`, {});
  const users = new Set([url.username, new URL(rabbitmqManagementUrl).username].map(decodeURIComponent));
  for (const user of users) await api('PUT', `/permissions/${name}/${encodeURIComponent(user)}`, ALL);

  return {
    url: url.href,
    managementUrl: rabbitmqManagementUrl,
    name,
    api,
    consumersOf: async (queue) => await consumersOf(url.href, queue),
    drop: async () => {
      await api('DELETE', `/vhosts/${name}`);
    },
  };
}

/** An empty broker for this test, deleted when the test ends. */
export async function testVhost(): Promise<TestVhost> {
  const vhost = await createTestVhost();
  onTestFinished(() => vhost.drop());
  return vhost;
}

async function consumersOf(url: string, queue: string): Promise<number> {
  const connection = await connect(url);
  try {
    const channel = await connection.createChannel();
    return (await channel.checkQueue(queue)).consumerCount;
  } finally {
    await connection.close();
  }
}

async function request(managementUrl: string, method: string, path: string, body?: object): Promise<unknown> {
  const base = new URL(managementUrl);
  const credentials = `${decodeURIComponent(base.username)}:${decodeURIComponent(base.password)}`;
  const response = await fetch(new URL(`/api${path}`, base.origin), {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
      'content-type': 'application/json',
    },
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status.toString()}: ${text}`);
  return text === '' ? undefined : (JSON.parse(text) as unknown);
}
