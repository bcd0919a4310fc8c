import { Counter } from 'prom-client';
import { expect, test } from 'vitest';
import { createMetrics } from './metrics.ts';

test('two registries are independent', async () => {
  const one = createMetrics({ service: 'one', version: '1' });
  const two = createMetrics({ service: 'two', version: '1' });
  const [seenByOne] = [one, two].map(
    (registry) => new Counter({ name: 'seen_total', help: 'Seen.', registers: [registry] }),
  );
  seenByOne?.inc(3);

  expect(await one.metrics()).toContain('seen_total 3');
  expect(await two.metrics()).toContain('seen_total 0');
  expect(await two.metrics()).toContain('billing_build_info{service="two",version="1"} 1');
});
