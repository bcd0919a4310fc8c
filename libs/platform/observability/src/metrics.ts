import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/** Buckets in seconds for the work of a delivery or a request. */
export const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Creates the process's registry, with Node's default metrics and `billing_build_info`. Labels never hold ids. */
export function createMetrics({ service, version }: { service: string; version: string }): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'billing_build_info',
    help: 'Always 1; the labels say what runs.',
    labelNames: ['service', 'version'],
    registers: [registry],
  }).set({ service, version }, 1);
  return registry;
}

/** Adds the verdict of /health/ready as a number, computed at every scrape. */
export function readinessMetric(registry: Registry, isReady: () => Promise<boolean>): void {
  const ready = new Gauge({
    name: 'billing_ready',
    help: '1 while /health/ready answers 200: database and broker are there, and the process is not stopping.',
    registers: [],
    async collect() {
      this.set((await isReady()) ? 1 : 0);
    },
  });
  registry.registerMetric(ready);
}
