import { Counter, Gauge, type Registry } from 'prom-client';

export interface WatchdogMetrics {
  /** A message was lost, and is published again. */
  announcedAgain(name: string): void;
  /** Messages that were published again and are still missing, by name. */
  missing(counts: readonly { readonly name: string; readonly n: number }[]): void;
}

export function watchdogMetrics(registry: Registry, names: readonly string[]): WatchdogMetrics {
  const registers = [registry];
  const again = new Counter({
    name: 'billing_messages_lost_total',
    help: 'Messages whose work was not done and that were found nowhere: each was published again.',
    labelNames: ['name'],
    registers,
  });
  const missing = new Gauge({
    name: 'billing_messages_missing',
    help: 'Messages that were published again and are still missing.',
    labelNames: ['name'],
    registers,
  });
  for (const name of names) {
    again.inc({ name }, 0);
    missing.set({ name }, 0);
  }
  return {
    announcedAgain: (name) => {
      again.inc({ name });
    },
    missing: (counts) => {
      for (const name of names) missing.set({ name }, counts.find((count) => count.name === name)?.n ?? 0);
    },
  };
}
