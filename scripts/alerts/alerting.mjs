import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { findProgram } from '../lib/run/commands.mjs';
import { projectFolder } from '../lib/run/paths.mjs';
import { until } from '../lib/run/wait.mjs';
import { freePorts } from '../lib/services/ports.mjs';

const patienceMs = 120_000;
const bodyBytesMax = 1_024 * 1_024;

/** An alert as Alertmanager posts it. @typedef {{ status: string, labels: { alertname: string } }} Alert */

/**
 * Prometheus with the project's rules, Alertmanager with its configuration, and a receiver that notes what is posted.
 * @param {import('../lib/run/run.mjs').Run} run
 * @param {{ targets: Record<string, string>, brokerMetricsUrl: string }} options management URLs by app
 */
export async function startAlerting(run, { targets, brokerMetricsUrl }) {
  const folder = join(run.folder, 'alerting');
  mkdirSync(folder, { recursive: true });
  const [prometheusPort, alertmanagerPort] = await freePorts(2);
  /** @type {Alert[]} */ const posted = [];
  const receiver = await startReceiver(run, posted);
  const targetsFile = join(folder, 'targets.json');
  const writeTargets = (/** @type {readonly string[]} */ names) => {
    const groups = names.map((/** @type {string} */ app) => ({
      targets: [new URL(targets[app] ?? '').host],
      labels: { app },
    }));
    writeFileSync(targetsFile, JSON.stringify(groups));
  };
  const apps = Object.keys(targets);
  writeTargets(apps);
  writeRules(folder);
  writeFileSync(
    join(folder, 'prometheus.yml'),
    prometheusSettings({ targetsFile, alertmanagerPort, brokerMetricsUrl }),
  );
  writeAlertmanager(folder, receiver);
  const alertmanager = run.spawn('alertmanager', programAt('prometheus-alertmanager'), [
    `--config.file=${join(folder, 'alertmanager.yml')}`,
    `--storage.path=${join(folder, 'alertmanager')}`,
    `--web.listen-address=127.0.0.1:${String(alertmanagerPort)}`,
    '--cluster.listen-address=',
  ]);
  const prometheus = run.spawn('prometheus', programAt('prometheus'), [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'prometheus')}`,
    `--web.listen-address=127.0.0.1:${String(prometheusPort)}`,
  ]);
  await untilReady(run, alertmanager, alertmanagerPort);
  await untilReady(run, prometheus, prometheusPort);
  return {
    /** A place in what was posted. */
    mark: () => posted.length,
    /** A container that is gone is gone from DNS. */
    without: (/** @type {string} */ app) => writeTargets(apps.filter((each) => each !== app)),
    withAll: () => writeTargets(apps),
    /**
     * Those of the alerts that were not posted since the mark, after a patient wait.
     * @param {readonly string[]} names
     * @param {number} since
     */
    async missing(names, since) {
      const rest = () => names.filter((name) => !posted.slice(since).some((alert) => alert.labels.alertname === name));
      await until(() => rest().length === 0, { timeoutMs: patienceMs, signal: run.signal, what: 'the alerts' }).catch(
        (error) => {
          run.signal.throwIfAborted();
          if (rest().length === 0) throw error;
        },
      );
      return rest();
    },
  };
}

/**
 * @param {import('../lib/run/run.mjs').Run} run
 * @param {Alert[]} posted
 */
async function startReceiver(run, posted) {
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part) => {
      text += part;
      if (text.length > bodyBytesMax) request.destroy();
    });
    request.on('end', () => {
      posted.push(
        ...JSON.parse(text).alerts.filter((/** @type {{ status: unknown }} */ { status }) => status === 'firing'),
      );
      response.end();
    });
  });
  const [port] = await freePorts(1);
  await /** @type {Promise<void>} */ (new Promise((resolve) => void server.listen(port, '127.0.0.1', () => resolve())));
  run.addCleanup(() => void server.close());
  return `http://127.0.0.1:${String(port)}/`;
}

const read = (/** @type {string} */ path) => readFileSync(join(projectFolder, 'observability', path), 'utf8');

/**
 * The waits before an alert fires are minutes: here seconds.
 * @param {string} folder
 */
function writeRules(folder) {
  const rules = read('prometheus/billing.rules.yml').replaceAll(/\bfor: (\d{1,3})[mh]$/gm, 'for: $1s');
  writeFileSync(join(folder, 'billing.rules.yml'), rules);
}

/**
 * @param {string} folder
 * @param {string} receiver
 */
function writeAlertmanager(folder, receiver) {
  const settings = read('alertmanager/alertmanager.yml')
    .replaceAll(/@ALERT_\w+@/g, receiver)
    .replaceAll(/(group_wait|group_interval): \w+/g, '$1: 1s');
  writeFileSync(join(folder, 'alertmanager.yml'), settings);
}

/** @param {{ targetsFile: string, alertmanagerPort: number, brokerMetricsUrl: string }} options */
function prometheusSettings({ targetsFile, alertmanagerPort, brokerMetricsUrl }) {
  const broker = new URL(brokerMetricsUrl).host;
  return JSON.stringify({
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: ['billing.rules.yml'],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${String(alertmanagerPort)}`] }] }] },
    scrape_configs: [
      { job_name: 'billing', file_sd_configs: [{ files: [targetsFile], refresh_interval: '1s' }] },
      { job_name: 'rabbitmq', static_configs: [{ targets: [broker] }] },
      {
        job_name: 'rabbitmq-queues',
        metrics_path: '/metrics/detailed',
        params: { vhost: ['billing'], family: ['queue_coarse_metrics', 'queue_consumer_count'] },
        static_configs: [{ targets: [broker] }],
      },
    ],
  });
}

/**
 * @param {import('../lib/run/run.mjs').Run} run
 * @param {import('../lib/run/run.mjs').Child} child
 * @param {number} port
 */
async function untilReady(run, child, port) {
  await until(
    async () => {
      if (child.ended() !== undefined) throw new Error(`${child.name} ended at start:\n${child.tail()}`);
      const answer = await fetch(`http://127.0.0.1:${String(port)}/-/ready`).catch(() => undefined);
      return answer?.ok === true;
    },
    { timeoutMs: 60_000, signal: run.signal, what: child.name },
  );
}

/** @param {string} name */
function programAt(name) {
  const path = findProgram(name);
  if (path === undefined) throw new Error(`${name} is not installed`);
  return path;
}
