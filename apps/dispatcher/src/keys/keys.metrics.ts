import { Gauge, type Registry } from 'prom-client';

export interface KeyMetrics {
  /** How many keys end within so many days. */
  expiring(counts: ReadonlyMap<number, number>): void;
}

export function keyMetrics(registry: Registry, days: readonly number[]): KeyMetrics {
  const expiring = new Gauge({
    name: 'billing_api_keys_expiring',
    help: 'API keys that work, were not rotated, and end within so many days. Those of 1 day are among those of 7.',
    labelNames: ['days'],
    registers: [registry],
  });
  for (const each of days) expiring.set({ days: each.toString() }, 0);
  return {
    expiring: (counts) => {
      for (const [each, count] of counts) expiring.set({ days: each.toString() }, count);
    },
  };
}
