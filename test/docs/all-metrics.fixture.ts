import type { Registry } from 'prom-client';
import { rowMetrics } from '#batches';
import { messagingMetrics } from '#broker';
import { createDataSource, poolMetrics } from '#database';
import { httpMetrics } from '#http/server';
import { createMetrics, readinessMetric } from '#observability';
import { auditMetrics } from '../../apps/dispatcher/src/audit/audit.metrics.ts';
import { burialMetrics } from '../../apps/dispatcher/src/dead-letters/burial.metrics.ts';
import { ANNOUNCED_DAYS } from '../../apps/dispatcher/src/keys/expiring-keys.queries.ts';
import { keyMetrics } from '../../apps/dispatcher/src/keys/keys.metrics.ts';
import { outboxMetrics } from '../../apps/dispatcher/src/relay/outbox.metrics.ts';
import { watchdogMetrics } from '../../apps/dispatcher/src/watchdog/watchdog.metrics.ts';
import { emailMetrics } from '../../apps/notifier/src/boletos/email.metrics.ts';
import { emailRateMetrics } from '../../apps/notifier/src/smtp/email-rate.metrics.ts';

const dataSource = createDataSource({
  url: 'postgres://nobody@127.0.0.1:1/none',
  poolMax: 1,
  applicationName: 'metrics',
});

/** A function for each measuring module that registers its metrics, with one sample where a label is open. */
export const metricModules: Readonly<Record<string, (registry: Registry) => void>> = {
  'libs/platform/observability/src/metrics.ts': (registry) => {
    readinessMetric(registry, async () => await Promise.resolve(true));
  },
  'libs/platform/broker/src/messaging.metrics.ts': (registry) => {
    messagingMetrics(registry, ['queue'], ['unknown']);
  },
  'libs/platform/database/src/pool.metrics.ts': (registry) => {
    poolMetrics(registry, dataSource);
  },
  'libs/platform/http/src/app/http.metrics.ts': (registry) => {
    httpMetrics(registry).request('GET', '/', 200, 1);
  },
  'libs/billing/batches/src/row.metrics.ts': (registry) => {
    rowMetrics(registry, 'issue');
  },
  'apps/dispatcher/src/audit/audit.metrics.ts': (registry) => {
    auditMetrics(registry);
  },
  'apps/dispatcher/src/keys/keys.metrics.ts': (registry) => {
    keyMetrics(registry, ANNOUNCED_DAYS);
  },
  'apps/dispatcher/src/relay/outbox.metrics.ts': (registry) => {
    outboxMetrics(registry);
  },
  'apps/dispatcher/src/dead-letters/burial.metrics.ts': (registry) => {
    burialMetrics(registry, ['queue'], ['unknown']);
  },
  'apps/dispatcher/src/watchdog/watchdog.metrics.ts': (registry) => {
    watchdogMetrics(registry, ['name']);
  },
  'apps/notifier/src/boletos/email.metrics.ts': (registry) => {
    emailMetrics(registry);
  },
  'apps/notifier/src/smtp/email-rate.metrics.ts': (registry) => {
    emailRateMetrics(registry);
  },
};

export interface MetricRow {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
  readonly help: string;
  readonly module: string;
}

/** Our own metrics, in the order of their names. */
export function ownMetrics(): readonly MetricRow[] {
  const rows = Object.entries(metricModules).flatMap(([module, register]) => {
    const registry = createMetrics({ service: 'all', version: '0' });
    register(registry);
    return registry.getMetricsAsArray().map((metric) => ({
      name: metric.name,
      // prom-client keeps the labels of a metric, but its types lack them.
      type: String(Reflect.get(metric, 'type') ?? metric.constructor.name.toLowerCase()),
      labels: ((Reflect.get(metric, 'labelNames') ?? []) as readonly string[]).filter((label) => label !== 'le'),
      help: metric.help,
      module,
    }));
  });
  const own = rows.filter(({ name }) => name.startsWith('billing_'));
  const first = new Map(own.toReversed().map((row) => [row.name, row]));
  // createMetrics registers the build's metric with every registry; it is its own module's.
  const build = first.get('billing_build_info');
  if (build !== undefined) first.set(build.name, { ...build, module: 'libs/platform/observability/src/metrics.ts' });
  return [...first.values()].toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

/** The text of a registry with all metrics in it. */
export async function scrapeOfAll(): Promise<string> {
  const registry = createMetrics({ service: 'all', version: '0' });
  for (const register of Object.values(metricModules)) register(registry);
  return await registry.metrics();
}
