// npm run chaos [-- --seed N] [--rows N] [--faults LIST] [--json]
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { faults, noFault } from '../test/chaos/faults.mjs';
import { runFault } from '../test/chaos/run-fault.mjs';
import { startServices } from '../test/chaos/services.mjs';
import { summary, tableOf } from '../test/chaos/table.mjs';
import { writeFiles } from '../test/chaos/workload.mjs';
import { prepareProject } from './lib/dependencies.mjs';
import { createLog } from './lib/log.mjs';
import { runScript } from './lib/main.mjs';

const rowsMin = 400;
const usage = `Usage: npm run chaos [-- --seed N] [--rows N] [--faults LIST] [--json]

  --seed     the files and every choice of the harness follow from it (default 1)
  --rows     rows in all, in four files (default 2000; 20000 for the full suite)
  --faults   some of them, separated by commas; without it, all:
${faults.map(({ name, says }) => `               ${name.padEnd(20)} ${says}`).join('\n')}
  --json     the last line on standard output is one JSON object with the result`;

const options = readArguments(process.argv.slice(2));
const log = createLog({ json: options.json });
await runScript(log, chaos);

/** @param {import('./lib/run.mjs').Run} run */
async function chaos(run) {
  await prepareProject(run, log);
  log.info('Starting PostgreSQL and RabbitMQ on private ports …');
  const services = await startServices(run, log);
  const folder = join(run.folder, 'files');
  mkdirSync(folder);
  const files = await writeFiles({ folder, seed: options.seed, rows: options.rows });

  const shared = { services, run, files, seed: options.seed };
  const reference = await runFault({ ...shared, fault: noFault });
  report(reference);
  const results = [];
  for (const fault of options.faults) {
    const result = await runFault({ ...shared, fault, reference: reference.state });
    report(result);
    results.push(result);
  }
  log.info(`\n${tableOf([reference, ...results])}\n`);
  const outcome = summary(options.seed, [reference, ...results]);
  if (options.json) process.stdout.write(`${JSON.stringify(outcome)}\n`);
  return outcome.violations === 0 && outcome.stateHashEqual ? 0 : 1;
}

function report({ fault, injected, violations, evidence, recoverySeconds, logs }) {
  const verdict = violations.length === 0 ? 'all promises kept' : `${String(violations.length)} VIOLATIONS`;
  log.info(
    `${fault}: ${String(injected)} injected, ${evidence}, at rest after ${recoverySeconds.toFixed(1)} s: ${verdict}`,
  );
  for (const violation of violations) log.warn(violation);
  if (violations.length > 0) log.warn(`logs: ${logs}/logs`);
}

function readArguments(args) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        seed: { type: 'string', default: '1' },
        rows: { type: 'string', default: '2000' },
        faults: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) leave(usage, 0);
    const wanted = values.faults?.split(',').map((name) => name.trim()) ?? faults.map(({ name }) => name);
    const unknown = wanted.filter((name) => !faults.some((fault) => fault.name === name));
    if (unknown.length > 0) leave(`there is no fault called ${unknown.join(', ')}\n\n${usage}`, 2);
    return {
      seed: wholeNumber('--seed', values.seed, 0),
      rows: wholeNumber('--rows', values.rows, rowsMin),
      faults: faults.filter(({ name }) => wanted.includes(name)),
      json: values.json,
    };
  } catch (error) {
    return leave(`${error.message}\n\n${usage}`, 2);
  }
}

function wholeNumber(name, text, min) {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < min)
    throw new Error(`${name} is a whole number from ${String(min)}, not ${text}`);
  return value;
}

function leave(text, code) {
  process[code === 0 ? 'stdout' : 'stderr'].write(`${text}\n`);
  process.exit(code);
}
