import { randomUUID } from 'node:crypto';
import { topology } from '#contracts';
import type { TestVhost } from '#testing';

/** A message as the broker's management API gives it. */
export interface CopiedMessage {
  readonly routingKey: string;
  readonly messageId: string;
  readonly payload: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

interface GotMessage {
  readonly routing_key: string;
  readonly payload: string;
  readonly properties: Readonly<Record<string, unknown>> & { readonly message_id?: string };
}

const COPIES = 'test.copies';
const GET_MAX = 10_000;

/** A queue that gets a copy of every message published for work, in addition to the queues of the workers. */
export class BrokerCopies {
  readonly #vhost: TestVhost;

  private constructor(vhost: TestVhost) {
    this.#vhost = vhost;
  }

  /** Call it after the apps have declared their exchanges. */
  static async open(vhost: TestVhost): Promise<BrokerCopies> {
    await vhost.api('PUT', `/queues/${vhost.name}/${COPIES}`, { durable: true });
    for (const { consumes } of Object.values(topology.queues)) {
      const path = `/bindings/${vhost.name}/e/${topology.exchanges.work}/q/${COPIES}`;
      await vhost.api('POST', path, { routing_key: consumes });
    }
    return new BrokerCopies(vhost);
  }

  /** The messages copied since the last call, in the order of publishing. */
  async take(): Promise<readonly CopiedMessage[]> {
    const got = (await this.#vhost.api('POST', `/queues/${this.#vhost.name}/${COPIES}/get`, {
      count: GET_MAX,
      ackmode: 'ack_requeue_false',
      encoding: 'auto',
    })) as readonly GotMessage[];
    return got.map(({ routing_key: routingKey, payload, properties }) => ({
      routingKey,
      messageId: properties.message_id ?? '',
      payload,
      properties,
    }));
  }
}

/** Delivers a message once more to its consumer only, with its own id or as a new message with the same body. */
export async function deliverAgain(vhost: TestVhost, message: CopiedMessage, id: 'same' | 'fresh'): Promise<string> {
  const messageId = id === 'same' ? message.messageId : randomUUID();
  const queues = Object.entries(topology.queues).filter(([, { consumes }]) => consumes === message.routingKey);
  for (const [queue] of queues) {
    // Uses the default exchange, because the work exchange would copy the copies for ever.
    const answer = await vhost.api('POST', `/exchanges/${vhost.name}/amq.default/publish`, {
      routing_key: queue,
      payload: message.payload,
      payload_encoding: 'string',
      properties: { ...message.properties, message_id: messageId },
    });
    if (!(answer as { readonly routed: boolean }).routed) throw new Error(`queue ${queue} is not there`);
  }
  return messageId;
}
