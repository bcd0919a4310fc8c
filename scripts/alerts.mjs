// node scripts/alerts.mjs [--json]: provokes alerts on a live system and waits until a live Alertmanager has posted
// each. Needs Prometheus and Alertmanager (Debian packages prometheus and prometheus-alertmanager; installed as root on
// Debian). The rules are those of observability/prometheus, with minutes of waiting made seconds.
import './lib/run/on-pinned-node.mjs';
import { parseArgs } from 'node:util';
import { startAlerting } from './alerts/alerting.mjs';
import { provocations } from './alerts/provocations.mjs';
import { findProgram } from './lib/run/commands.mjs';
import { importTool, prepareTools } from './lib/run/dependencies.mjs';
import { createLog } from './lib/run/log.mjs';
import { runScript } from './lib/run/main.mjs';
import { UserError } from './lib/run/user-error.mjs';
import { aptInstall, canInstall } from './lib/services/apt.mjs';
import { System } from './lib/system/system.mjs';

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
const log = createLog({ json: values.json });

await runScript(log, async (run) => {
  await prepareTools(run, log);
  await requireAlerting(run);
  /** @type {typeof import('../test/chaos/services.ts')} */
  const { startServices } = await importTool('test/chaos/services.js');
  /** @type {typeof import('../test/chaos/broker-api.ts')} */
  const { BrokerApi } = await importTool('test/chaos/broker-api.js');
  const { postgres, rabbitmq } = await startServices(run, log);
  const system = await System.create({
    run,
    databaseUrl: postgres.url,
    ownerUrl: postgres.url,
    rabbitmqUrl: rabbitmq.url,
    brokerUserPrefix: '',
  });
  await system.startAll();
  const alerting = await startAlerting(run, {
    targets: system.managementUrls,
    brokerMetricsUrl: rabbitmq.prometheusUrl,
  });
  const world = { run, system, postgres, rabbitmq, alerting, BrokerApi };
  const results = [];
  for (const { name, expected, provoke } of provocations) {
    const since = alerting.mark();
    const mend = await provoke(world);
    const missing = await alerting.missing(expected, since);
    await mend();
    log.info(`${name}: ${missing.length === 0 ? expected.join(', ') : `NOT POSTED: ${missing.join(', ')}`}`);
    results.push({ name, expected, missing });
  }
  const open = results.filter(({ missing }) => missing.length > 0);
  log.info(`\n${String(results.length - open.length)} provoked and posted, ${String(open.length)} not`);
  if (values.json) process.stdout.write(`${JSON.stringify({ results })}\n`);
  return open.length === 0 ? 0 : 1;
});

/** @param {import('./lib/run/run.mjs').Run} run */
async function requireAlerting(run) {
  // The packages bring programs of their names.
  const packages = ['prometheus', 'prometheus-alertmanager'];
  const absent = packages.filter((program) => findProgram(program) === undefined);
  if (absent.length === 0) return;
  if (!canInstall())
    throw new UserError(`Install ${absent.join(' and ')} (names of Debian's packages), then run this again.`);
  await run.finishBeforeStop(aptInstall(absent, log));
}
