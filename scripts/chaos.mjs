// npm run chaos [-- --seed N] [--rows N] [--faults LIST] [--busy] [--json]
import './lib/run/on-pinned-node.mjs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { faults, faultsOnRequest } from '../test/chaos/faults.mjs';
import { startServices } from '../test/chaos/services.mjs';
import { runSuite } from '../test/chaos/suite.mjs';
import { summary, tableOf } from '../test/chaos/table.mjs';
import { prepareProject } from './lib/run/dependencies.mjs';
import { createLog } from './lib/run/log.mjs';
import { runScript } from './lib/run/main.mjs';

const rowsMin = 400;
/** In a run of all faults; fewer would prove too little. */
const injectedMin = 600;
const every = [...faults, ...faultsOnRequest];
const usage = `Usage: npm run chaos [-- --seed N] [--rows N] [--faults LIST] [--busy] [--json]

  --seed     the files and every choice of the harness follow from it (default 1)
  --rows     rows in all, in four files (default 4000)
  --faults   some of them, separated by commas; without it, all of these:
${listOf(faults)}
             or, with a file of its own:
${listOf(faultsOnRequest)}
  --busy     every processor is kept busy by other work meanwhile
  --json     the last line on standard output is one JSON object with the result`;

const options = readArguments(process.argv.slice(2));
const log = createLog({ json: options.json });
await runScript(log, chaos);

/** @param {import('./lib/run/run.mjs').Run} run */
async function chaos(run) {
  await prepareProject(run, log);
  log.info('Starting PostgreSQL and RabbitMQ on private ports …');
  const services = await startServices(run, log);
  if (options.busy) keepBusy(run);
  const { seed, rows } = options;
  const onSkipped = (fault, why) => log.warn(`${fault} was left out: ${why}`);
  const results = await runSuite({ services, run, seed, rows, faults: options.faults, onResult: report, onSkipped });
  log.info(`\n${tableOf(results)}\n`);
  const outcome = summary(seed, results);
  const isWhole = faults.every((fault) => options.faults.includes(fault));
  const isEnough = !isWhole || outcome.faultsInjected >= injectedMin;
  if (!isEnough)
    log.warn(`only ${String(outcome.faultsInjected)} faults were injected, of ${String(injectedMin)} at least`);
  if (options.json) process.stdout.write(`${JSON.stringify(outcome)}\n`);
  return outcome.violations === 0 && outcome.stateHashEqual && isEnough ? 0 : 1;
}

/** Races show when processes wait for a processor. */
function keepBusy(run) {
  for (let at = 0; at < availableParallelism(); at += 1) {
    run.spawn(`busy-${String(at)}`, process.execPath, ['-e', 'for (;;);']);
  }
}

function listOf(some) {
  return some.map(({ name, says }) => `               ${name.padEnd(28)} ${says}`).join('\n');
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
        rows: { type: 'string', default: '4000' },
        faults: { type: 'string' },
        busy: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) leave(usage, 0);
    const wanted = values.faults?.split(',').map((name) => name.trim()) ?? faults.map(({ name }) => name);
    const unknown = wanted.filter((name) => !every.some((fault) => fault.name === name));
    if (unknown.length > 0) leave(`there is no fault called ${unknown.join(', ')}\n\n${usage}`, 2);
    return {
      seed: wholeNumber('--seed', values.seed, 0),
      rows: wholeNumber('--rows', values.rows, rowsMin),
      faults: every.filter(({ name }) => wanted.includes(name)),
      busy: values.busy,
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
