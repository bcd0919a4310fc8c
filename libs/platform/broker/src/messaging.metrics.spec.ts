import { expect, test } from 'vitest';
import { createMetrics } from '#observability';
import { messagingMetrics } from './messaging.metrics.ts';

test('known label sets exist from the start, so that the first error is a rise from zero', async () => {
  const registry = createMetrics({ service: 'notifier', version: '1' });
  messagingMetrics(registry, ['notifier.chunks'], ['unknown']);
  const lines = (await registry.metrics()).split('\n');
  const sample = (name: string): readonly string[] => lines.filter((line) => line.startsWith(name));

  expect(sample('billing_messages_total')).toEqual([
    'billing_messages_total{queue="notifier.chunks",outcome="done"} 0',
    'billing_messages_total{queue="notifier.chunks",outcome="retry"} 0',
    'billing_messages_total{queue="notifier.chunks",outcome="dead-letter"} 0',
    'billing_messages_total{queue="notifier.chunks",outcome="parked"} 0',
  ]);
  expect(sample('billing_message_process_duration_seconds_count')).toHaveLength(4);
  expect(sample('billing_message_age_seconds_count')).toEqual([
    'billing_message_age_seconds_count{queue="notifier.chunks"} 0',
  ]);
  expect(sample('billing_message_failures_total')).toEqual([
    'billing_message_failures_total{queue="notifier.chunks",class="unknown"} 0',
  ]);
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
