import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { planTopology } from '#contracts';
import { createLogger, withLogContext } from '#observability';
import { scrapeOfAll } from './all-metrics.fixture.ts';

const folder = join(import.meta.dirname, '..', '..', 'observability');

function read(path: string): string {
  return readFileSync(join(folder, path), 'utf8');
}

const runbook = readFileSync(join(folder, '..', 'docs', 'runbook.md'), 'utf8');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly datasource?: { readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly datasource: { readonly uid: string } }[];
}

const { groups } = parse(read('prometheus/billing.rules.yml')) as { groups: { name: string; rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(read('grafana/dashboards/billing.json')) as {
  uid: string;
  panels: Panel[];
};
const expressions = dashboard.panels.flatMap((panel) => panel.targets ?? []).map((target) => target.expr);

/** Seen on RabbitMQ 3.10.8, on /metrics and /metrics/detailed. */
const BROKER_METRICS = [
  'rabbitmq_alarms_free_disk_space_watermark',
  'rabbitmq_alarms_memory_used_watermark',
  'rabbitmq_detailed_queue_consumers',
  'rabbitmq_detailed_queue_messages',
  'rabbitmq_detailed_queue_messages_ready',
  'rabbitmq_disk_space_available_bytes',
  'rabbitmq_disk_space_available_limit_bytes',
  'rabbitmq_process_resident_memory_bytes',
  'rabbitmq_resident_memory_limit_bytes',
];

/** Names of everything an app or the broker can be asked for. */
async function knownMetrics(): Promise<ReadonlySet<string>> {
  const text = await scrapeOfAll();
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Set([...samples.map((line) => line.replace(/[{ ].*$/, '')), ...BROKER_METRICS, 'up']);
}

function metricsIn(expression: string): readonly string[] {
  const bare = expression.replaceAll(/\{[^}]*\}/g, '').replaceAll(/"[^"]*"/g, '');
  return bare.match(/\b(?:billing|rabbitmq|nodejs|process)_[a-z0-9_]+|\bup\b/g) ?? [];
}

describe('alert rules', () => {
  test('every alert says how bad it is, what happened, and what to do', () => {
    const anchors = new Set(Array.from(runbook.matchAll(/^### (Billing\w+)$/gm), ([, name]) => name));

    for (const { alert, labels, annotations } of rules) {
      expect([alert, labels['severity']]).toEqual([alert, expect.stringMatching(/^(?:page|ticket|none)$/)]);
      expect(annotations['summary']).toMatch(/\S/);
      expect(annotations['runbook_url']).toBe(`docs/runbook.md#${alert.toLowerCase()}`);
    }
    expect(anchors).toEqual(new Set(rules.map(({ alert }) => alert)));
  });

  test('every alert has a unit test in which it fires', () => {
    const { tests } = parse(read('prometheus/billing.tests.yml')) as {
      tests: { alert_rule_test: { alertname: string; exp_alerts: unknown[] }[] }[];
    };
    const firing = tests
      .flatMap((one) => one.alert_rule_test)
      .filter(({ exp_alerts: expected }) => expected.length > 0)
      .map(({ alertname }) => alertname);

    expect(new Set(firing)).toEqual(new Set(rules.map(({ alert }) => alert)));
  });

  // Runs where Prometheus is installed, because its own tool runs the unit tests of the alerts.
  const promtool = 'promtool';
  test.runIf(spawnSync(promtool, ['--version']).status === 0)(
    'the unit tests of the alerts pass',
    { timeout: 60_000 },
    () => {
      const { status, stdout, stderr } = spawnSync(promtool, ['test', 'rules', 'billing.tests.yml'], {
        cwd: join(folder, 'prometheus'),
        encoding: 'utf8',
      });
      expect([status, stdout + stderr]).toEqual([0, expect.stringContaining('SUCCESS')]);
    },
  );

  test('alerts and dashboard ask only for metrics that exist', async () => {
    const known = await knownMetrics();
    const asked = [...rules.map(({ expr }) => expr), ...expressions].flatMap(metricsIn);

    expect(new Set(asked).size).toBeGreaterThan(15);
    expect(asked.filter((name) => !known.has(name))).toEqual([]);
  });

  test('the pattern for work queues fits the topology', () => {
    const pattern = /queue!~"([^"]+)"/.exec(
      rules.find(({ alert }) => alert === 'BillingQueueWithoutConsumer')?.expr ?? '',
    );
    const notWork = new RegExp(`^(?:${(pattern?.[1] ?? '').replaceAll('\\\\', '\\')})$`);
    const work = planTopology()
      .queues.map(({ name }) => name)
      .filter((name) => !notWork.test(name));

    expect(work).toContain('notifier.chunks');
    expect(
      work.filter((name) => !/^(?:file-splitter|chunk-validator|boleto-generator|notifier)\.[a-z-]+$/.test(name)),
    ).toEqual([]);
  });
});

describe('the Grafana dashboard', () => {
  test('is provisioned with the data source it names', () => {
    const { datasources } = parse(read('grafana/provisioning/datasources/prometheus.yml')) as {
      datasources: { uid: string }[];
    };
    const uids = dashboard.panels
      .flatMap(({ datasource, targets = [] }) => [datasource?.uid, ...targets.map((target) => target.datasource.uid)])
      .filter((uid) => uid !== undefined);

    expect(new Set(uids)).toEqual(new Set(datasources.map(({ uid }) => uid)));
    expect(dashboard).not.toHaveProperty('__inputs');
  });

  test('panels have ids and titles of their own, and none covers another', () => {
    const { panels } = dashboard;
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${(x + (i % w)).toString()},${(y + Math.floor(i / w)).toString()}`),
    );

    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(
      panels.filter(({ type, title, targets = [] }) => title === '' || (type !== 'row' && targets.length === 0)),
    ).toEqual([]);
    expect(new Set(cells).size).toBe(cells.length);
  });

  test('shows rates, errors, durations, rows, depths, dead letters, outbox and event loop', () => {
    const all = expressions.join('\n');

    for (const metric of [
      'billing_messages_total',
      'billing_message_process_duration_seconds_bucket',
      'billing_message_age_seconds_bucket',
      'billing_http_request_duration_seconds_count',
      'billing_http_request_duration_seconds_bucket',
      'billing_rows_total',
      'billing_email_send_total',
      'rabbitmq_detailed_queue_messages',
      'billing_outbox_oldest_pending_seconds',
      'nodejs_eventloop_lag_p99_seconds',
      'billing_pg_pool_waiting',
    ]) {
      expect(all).toContain(metric);
    }
    expect(all).toContain('dead');
  });
});

/** Dotted keys and nested objects are the same to Elasticsearch. */
function leaves(value: object, prefix: readonly string[] = []): readonly (readonly [string[], unknown])[] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const path = [...prefix, ...key.split('.')];
    return typeof inner === 'object' && inner !== null ? leaves(inner, path) : [[path, inner] as const];
  });
}

describe('Elasticsearch and Kibana', () => {
  interface Mapping {
    readonly type?: string;
    readonly properties?: Readonly<Record<string, Mapping>>;
  }

  const template = JSON.parse(read('elasticsearch/index-template.json')) as {
    index_patterns: string[];
    priority: number;
    template: { settings: Record<string, unknown>; mappings: Mapping };
  };

  function typeOf(path: readonly string[], mapping: Mapping = template.template.mappings): string | undefined {
    const [head, ...rest] = path;
    if (head === undefined) return mapping.type;
    const next = mapping.properties?.[head];
    return next === undefined ? undefined : typeOf(rest, next);
  }

  test('every field of a delivery, a request and an error is mapped with its type', () => {
    const lines: string[] = [];
    const stream = new Writable({
      write(chunk: Buffer, _encoding, done) {
        lines.push(chunk.toString());
        done();
      },
    });
    const logger = createLogger({ service: 'notifier', version: '1', level: 'debug', stream });
    withLogContext(
      { batchId: 'b', chunkNo: 1, requestId: 'r', recordId: 'u', queue: 'q', messageId: 'm', attempt: 1 },
      () => {
        logger.info('delivery', {
          event: 'message.settled',
          outcome: 'retry',
          failureClass: 'unavailable',
          reason: 'away',
          durationMs: 1.5,
        });
        logger.info('request', {
          event: 'http.request',
          method: 'GET',
          route: '/',
          status: 404,
          problem: 'NOT_FOUND',
          durationMs: 1.5,
        });
        logger.error('failed', { error: Object.assign(new Error('x'), { code: '40001' }) });
        logger.info('management listening', { event: 'management.listening', address: '127.0.0.1', port: 9090 });
      },
    );

    expect(lines).toHaveLength(4);
    for (const [path, value] of lines.flatMap((line) => leaves(JSON.parse(line) as object))) {
      const kinds =
        typeof value === 'number' ? /^(?:integer|double|keyword)$/ : /^(?:keyword|date|match_only_text|wildcard)$/;
      expect([path.join('.'), typeOf(path)]).toEqual([path.join('.'), expect.stringMatching(kinds)]);
    }
  });

  test('the template takes precedence over the built-in one, and lines are kept for 30 days', () => {
    const policy = JSON.parse(read('elasticsearch/ilm-policy.json')) as {
      policy: { phases: { delete: { min_age: string } } };
    };
    const setup = read('elasticsearch/setup.sh');
    const name = String(template.template.settings['index.lifecycle.name']);

    expect(template.priority).toBeGreaterThan(100);
    expect(policy.policy.phases.delete.min_age).toBe('30d');
    expect(setup).toContain(`_ilm/policy/${name} ilm-policy.json`);
    expect(template.index_patterns).toEqual(['logs-billing-*']);
  });

  test('Logstash writes to the data stream that the template is for', () => {
    const pipeline = read('logstash/pipeline/billing.conf');

    expect(pipeline).toMatch(/data_stream => "true"/);
    expect(pipeline).toMatch(/data_stream_type => "logs"/);
    expect(pipeline).toMatch(/data_stream_dataset => "billing"/);
  });

  test('the saved objects of Kibana refer to each other, and show fields that are mapped', () => {
    const objects = read('kibana/saved-objects.ndjson')
      .trim()
      .split('\n')
      .map(
        (line) =>
          JSON.parse(line) as {
            id: string;
            type: string;
            attributes: { title: string; columns?: string[] };
            references: { id: string; type: string }[];
          },
      );
    const ids = new Set(objects.map(({ type, id }) => `${type}/${id}`));

    expect(ids.size).toBe(objects.length);
    for (const { references } of objects) {
      for (const { type, id } of references) expect(ids).toContain(`${type}/${id}`);
    }
    expect(objects.filter(({ type }) => type === 'index-pattern').map(({ attributes }) => attributes.title)).toEqual(
      template.index_patterns,
    );
    const columns = objects.flatMap(({ attributes }) => attributes.columns ?? []);
    expect(columns.filter((column) => typeOf(column.split('.')) === undefined)).toEqual([]);
  });
});
