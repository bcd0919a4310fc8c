import type { Fault, Trial } from '../fault.ts';
import { topology } from '../topology.ts';

const copies = 'chaos.copies';

type Queues = Awaited<ReturnType<typeof topology>>['queues'];

/** A message as the broker's API gives it. */
interface Copy {
  readonly routing_key: string;
  readonly payload: string;
  readonly properties: unknown;
}

export const duplicates: Fault = {
  name: 'duplicates',
  says: 'every message delivered twice, the second time in random order',
  async inject(trial) {
    const { world, uploads } = trial;
    const { broker } = world;
    await broker.call('PUT', `/queues/${broker.vhost}/${copies}`, { durable: true });
    const { queues, exchanges } = await topology();
    for (const { consumes } of Object.values(queues)) {
      const path = `/bindings/${broker.vhost}/e/${exchanges.work}/q/${copies}`;
      await broker.call('POST', path, { routing_key: consumes });
    }
    uploads.advance(1);
    await uploads.finish();
    // Until nothing new was published for a while.
    for (let calm = 0; calm < 6;) {
      const again = await deliverAgain(trial, queues);
      trial.injected += again;
      calm = again === 0 ? calm + 1 : 0;
      await world.sleep(500);
    }
    await broker.deleteQueue(copies);
  },
  async evidence({ world }) {
    const repeats = world.repeatedDeliveries();
    return { felt: repeats > 0, text: `${repeats} messages were handled again` };
  },
};

async function deliverAgain({ world: { broker }, chance }: Trial, queues: Queues): Promise<number> {
  const got = await broker.call<Copy[]>('POST', `/queues/${broker.vhost}/${copies}/get`, {
    count: 10_000,
    ackmode: 'ack_requeue_false',
    encoding: 'auto',
  });
  for (const { routing_key: routingKey, payload, properties } of chance.shuffle(got)) {
    const queue = Object.entries(queues).find(([, { consumes }]) => consumes === routingKey)?.[0];
    // Publishes by the default exchange, past the queue of copies: otherwise the copies would be copied for ever.
    await broker.call('POST', `/exchanges/${broker.vhost}/amq.default/publish`, {
      routing_key: queue,
      payload,
      payload_encoding: 'string',
      properties,
    });
  }
  return got.length;
}

export const queueDelete: Fault = {
  name: 'queue-delete',
  says: 'empty queues deleted while messages are on their way to them',
  async inject(trial) {
    const { world, uploads } = trial;
    const { broker } = world;
    const { queues } = await topology();
    const names = Object.keys(queues);
    const rounds = 4;
    for (let at = 0; at < rounds; at += 1) {
      const depths = await broker.depths();
      // The messages of a queue are deleted with it, so only an empty queue can be deleted without a loss.
      for (const name of [...depths.keys()].filter((each) => names.some((queue) => each.startsWith(queue)))) {
        // Deleting a work queue in the middle of the work would lose the messages that arrive meanwhile.
        if (at > 0 && names.includes(name)) continue;
        if (await broker.deleteEmptyQueue(name)) trial.injected += 1;
      }
      uploads.advance((at + 1) / rounds);
      await world.sleep(1500);
    }
  },
  async evidence({ world }) {
    const count = world.countLogs(/"event\.action":"consumer\.started"/);
    const { queues } = await topology();
    const again = count - Object.keys(queues).length;
    return { felt: again > 0, text: `${again} consumers came back` };
  },
};
