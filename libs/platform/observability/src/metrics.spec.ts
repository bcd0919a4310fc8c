import { expect, test } from 'vitest';

import {
  createMetrics,
  emailMetrics,
  httpMetrics,
  messagingMetrics,
  outboxMetrics,
  poolMetrics,
  rowMetrics,
} from './metrics.ts';

async function sample(registry: ReturnType<typeof createMetrics>, name: string): Promise<string[]> {
  const text = await registry.metrics();
  return text.split('\n').filter((line) => line.startsWith(name));
}

test('known label sets exist from the start, so that the first error is a rise from zero', async () => {
  const registry = createMetrics({ service: 'notifier', version: '1' });
  messagingMetrics(registry, ['notifier.chunks']);
  rowMetrics(registry, 'issue');
  emailMetrics(registry);

  expect(await sample(registry, 'billing_messages_total')).toEqual([
    'billing_messages_total{queue="notifier.chunks",outcome="done"} 0',
    'billing_messages_total{queue="notifier.chunks",outcome="retry"} 0',
    'billing_messages_total{queue="notifier.chunks",outcome="dead-letter"} 0',
    'billing_messages_total{queue="notifier.chunks",outcome="parked"} 0',
  ]);
  expect(await sample(registry, 'billing_message_process_duration_seconds_count')).toHaveLength(4);
  expect(await sample(registry, 'billing_message_age_seconds_count')).toEqual([
    'billing_message_age_seconds_count{queue="notifier.chunks"} 0',
  ]);
  expect(await sample(registry, 'billing_rows_total')).toHaveLength(4);
  expect(await sample(registry, 'billing_email_send_total')).toHaveLength(3);
});

test('a delivery counts once in rate and duration, by queue and outcome', async () => {
  const registry = createMetrics({ service: 'notifier', version: '1' });
  const metrics = messagingMetrics(registry, ['q']);

  metrics.delivered('q', 'retry', 0.2);
  metrics.age('q', -0.5);
  metrics.consumerActive('q', true);
  metrics.consumerDeaf('q');
  metrics.inFlight(3);
  metrics.publisherBlocked(true);
  metrics.returned();

  const text = await registry.metrics();
  expect(text).toContain('billing_messages_total{queue="q",outcome="retry"} 1');
  expect(text).toContain('billing_message_process_duration_seconds_bucket{le="0.25",queue="q",outcome="retry"} 1');
  expect(text).toContain('billing_message_process_duration_seconds_bucket{le="0.1",queue="q",outcome="retry"} 0');
  expect(text).toContain('billing_message_age_seconds_sum{queue="q"} 0');
  expect(text).toContain('billing_consumer_active{queue="q"} 1');
  expect(text).toContain('billing_consumer_deaf_total{queue="q"} 1');
  expect(text).toContain('billing_publisher_inflight 3');
  expect(text).toContain('billing_publisher_blocked 1');
  expect(text).toContain('billing_messages_returned_total 1');
});

test('requests, rows, e-mails, outbox and pool are measured under their names', async () => {
  const registry = createMetrics({ service: 'all', version: '1' });
  let pool: { totalCount: number; idleCount: number; waitingCount: number } | undefined;
  httpMetrics(registry).request('GET', '/v1/batches/:id', 404, 0.004);
  rowMetrics(registry, 'validate').rows('accepted', 250);
  emailMetrics(registry).sent('permanent');
  outboxMetrics(registry).backlog(12, 3.5);
  poolMetrics(registry, () => pool);
  expect(await registry.metrics()).toContain('billing_pg_pool_total 0');

  pool = { totalCount: 10, idleCount: 4, waitingCount: 2 };

  const text = await registry.metrics();
  expect(text).toContain(
    'billing_http_request_duration_seconds_bucket{le="0.005",method="GET",route="/v1/batches/:id",status="404"} 1',
  );
  expect(text).toContain('billing_rows_total{stage="validate",outcome="accepted"} 250');
  expect(text).toContain('billing_email_send_total{outcome="permanent"} 1');
  expect(text).toContain('billing_outbox_pending 12');
  expect(text).toContain('billing_outbox_oldest_pending_seconds 3.5');
  expect(text).toContain('billing_pg_pool_total 10');
  expect(text).toContain('billing_pg_pool_idle 4');
  expect(text).toContain('billing_pg_pool_waiting 2');
});

test('two registries do not know each other', async () => {
  const one = createMetrics({ service: 'one', version: '1' });
  const two = createMetrics({ service: 'two', version: '1' });
  outboxMetrics(one).backlog(1, 1);
  outboxMetrics(two);

  expect(await sample(two, 'billing_outbox_pending ')).toEqual(['billing_outbox_pending 0']);
});
