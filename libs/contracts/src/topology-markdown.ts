import { planTopology, type TopologyPlan } from './topology-plan.ts';
import { deliveryLimitOf, queueNames, topology } from './topology.ts';

/** docs/topology.md, from the data that the apps declare the broker with. */
export function topologyMarkdown(plan: TopologyPlan = planTopology()): string {
  return [
    '# Broker topology',
    '',
    '> Generated from `libs/contracts/src/topology.ts`: change that, then run `npx vitest run --project unit test/docs/topology-doc.spec.ts -u`.',
    '',
    'Every queue is a durable quorum queue. Work and retry queues dead-letter at-least-once. A message that fails is',
    'published again, confirmed, to the retry queue of its rung with our own headers (`x-attempt`, `x-first-failed-at`,',
    '`x-reason`, `x-error`), and only then acknowledged; its time there over, the broker returns it to the one queue it',
    'came from. After the last rung it goes to the dead queue, which dispatcher drains into the table `dead_letters`.',
    `The first ${topology.retryLanes.rungs.toString()} rungs have ${topology.retryLanes.shares.length.toString()} lanes each, of ${topology.retryLanes.shares.map((share) => `${(share * 100).toString()} %`).join(', ')} of the wait: a message takes one at random`,
    '([ADR 0016](adr/0016-provider-failures-open-a-breaker.md)).',
    '',
    '```mermaid',
    'flowchart LR',
    ...queueNames.map(
      (queue) =>
        `  work((${topology.exchanges.work})) -- ${topology.queues[queue].consumes} --> ${id(queue)}["${queue}"]`,
    ),
    '  any["any work queue"] -- fails --> retry((billing.retry)) --> rung["queue.retry.5s … 30m"] -- time over --> work',
    '  any -- gives up --> dead((billing.dead)) --> deadQueue["queue.dead"] --> table[(dead_letters)]',
    '  work -- no binding --> unroutable((billing.unroutable))',
    '```',
    '',
    '## Queues and their consumers',
    '',
    '| queue | consumed message | deliveries at once | delivery limit |',
    '|---|---|---|---|',
    ...queueNames.map((queue) => {
      const { consumes, concurrency } = topology.queues[queue];
      return `| \`${queue}\` | \`${consumes}\` | ${concurrency.toString()} | ${deliveryLimitOf(queue).toString()} |`;
    }),
    '',
    '## Exchanges',
    '',
    '| exchange | type | alternate exchange |',
    '|---|---|---|',
    ...plan.exchanges.map(
      ({ name, type, alternateExchange }) => `| \`${name}\` | ${type} | ${alternateExchange ?? ''} |`,
    ),
    '',
    '## All queues',
    '',
    '| queue | arguments |',
    '|---|---|',
    ...plan.queues.map(
      ({ name, arguments: given }) =>
        `| \`${name}\` | ${Object.entries(given)
          .map(([key, value]) => `${key}=${value.toString()}`)
          .join(', ')} |`,
    ),
    '',
    '## Bindings',
    '',
    '| exchange | routing key | queue |',
    '|---|---|---|',
    ...plan.bindings.map(({ exchange, routingKey, queue }) => `| \`${exchange}\` | \`${routingKey}\` | \`${queue}\` |`),
    '',
  ].join('\n');
}

function id(queue: string): string {
  return queue.replaceAll(/[^a-z]/g, '_');
}
