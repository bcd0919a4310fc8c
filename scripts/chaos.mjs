// npm run chaos [-- --seed N] [--rows N] [--faults LIST] [--busy] [--json]
import './lib/run/on-pinned-node.mjs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { importTool, prepareTools } from './lib/run/dependencies.mjs';
import { messageOf } from './lib/run/errors.mjs';
import { createLog } from './lib/run/log.mjs';
import { runScript } from './lib/run/main.mjs';
import { UserError } from './lib/run/user-error.mjs';

const rowsMin = 400;
/** @typedef {import('../test/chaos/fault.ts').Fault} Fault */
/** @typedef {import('../test/chaos/fault.ts').Family} Family */

/** In a run of all faults; fewer would prove too little. */
const injectedMin = 600;
const usage = `Usage: npm run chaos [-- --seed N] [--rows N] [--faults LIST] [--busy] [--json]

  --seed     the files and every choice of the harness follow from it (default 1)
  --rows     rows in all, in four files (default 4000)
  --faults   some of them, separated by commas; without it, all that do not have a file of their own
  --busy     every processor is kept busy by other work meanwhile
  --json     the last line on standard output is one JSON object with the result

The faults:`;

const options = readArguments(process.argv.slice(2));
const log = createLog({ json: options.json });
await runScript(log, chaos);

/** @param {import('./lib/run/run.mjs').Run} run */
async function chaos(run) {
  await prepareTools(run, log);
  /** @type {typeof import('../test/chaos/faults.ts')} */
  const { faults, faultsOnRequest } = await importTool('test/chaos/faults.js');
  const full = `${usage}\n${listOf(faults)}\nor, with a file of its own:\n${listOf(faultsOnRequest)}`;
  if (options.help) {
    process.stdout.write(`${full}\n`);
    return 0;
  }
  const every = [...faults, ...faultsOnRequest];
  const wanted = options.faults ?? faults.map(({ name }) => name);
  const unknown = wanted.filter((name) => !every.some((fault) => fault.name === name));
  if (unknown.length > 0) {
    throw new UserError(`there is no fault called ${unknown.join(', ')}\n\n${full}`, { exitCode: 2 });
  }
  const chosen = every.filter(({ name }) => wanted.includes(name));
  const isWhole = faults.every((fault) => chosen.includes(fault));
  return await runFaults(run, chosen, isWhole);
}

/**
 * @param {import('./lib/run/run.mjs').Run} run
 * @param {readonly (Fault | Family)[]} chosen
 * @param {boolean} isWhole True if those are all faults, of which a least number must be injected.
 */
async function runFaults(run, chosen, isWhole) {
  /** @type {typeof import('../test/chaos/services.ts')} */
  const { startServices } = await importTool('test/chaos/services.js');
  /** @type {typeof import('../test/chaos/suite.ts')} */
  const { runSuite } = await importTool('test/chaos/suite.js');
  /** @type {typeof import('../test/chaos/table.ts')} */
  const { summary, tableOf } = await importTool('test/chaos/table.js');
  log.info('Starting PostgreSQL and RabbitMQ on private ports …');
  const services = await startServices(run, log);
  if (options.busy) keepBusy(run);
  const { seed, rows } = options;
  const onSkipped = (/** @type {string} */ fault, /** @type {string} */ why) =>
    log.warn(`${fault} was left out: ${why}`);
  const results = await runSuite({ services, run, seed, rows, faults: chosen, onResult: report, onSkipped });
  log.info(`\n${tableOf(results)}\n`);
  const outcome = summary(seed, results);
  const isEnough = !isWhole || outcome.faultsInjected >= injectedMin;
  if (!isEnough)
    log.warn(`only ${String(outcome.faultsInjected)} faults were injected, of ${String(injectedMin)} at least`);
  if (options.json) process.stdout.write(`${JSON.stringify(outcome)}\n`);
  return outcome.violations === 0 && outcome.stateHashEqual && isEnough ? 0 : 1;
}

/**
 * Races show when processes wait for a processor.
 * @param {import('./lib/run/run.mjs').Run} run
 */
function keepBusy(run) {
  for (let at = 0; at < availableParallelism(); at += 1) {
    run.spawn(`busy-${String(at)}`, process.execPath, ['-e', 'for (;;);']);
  }
}

/** @param {readonly (Fault | Family)[]} some */
function listOf(some) {
  return some.map(({ name, says }) => `               ${name.padEnd(28)} ${says}`).join('\n');
}

/** @param {import('../test/chaos/run-fault.ts').Result} result */
function report({ fault, injected, violations, evidence, recoverySeconds, logs }) {
  const verdict = violations.length === 0 ? 'all promises kept' : `${String(violations.length)} VIOLATIONS`;
  log.info(
    `${fault}: ${String(injected)} injected, ${evidence}, at rest after ${recoverySeconds.toFixed(1)} s: ${verdict}`,
  );
  for (const violation of violations) log.warn(violation);
  if (violations.length > 0) log.warn(`logs: ${logs}/logs`);
}

/** @param {readonly string[]} args */
function readArguments(args) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seed: { type: 'string', default: '1' },
        rows: { type: 'string', default: '4000' },
        faults: { type: 'string' },
        busy: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return {
      seed: wholeNumber('--seed', values.seed, 0),
      rows: wholeNumber('--rows', values.rows, rowsMin),
      faults: values.faults?.split(',').map((name) => name.trim()),
      help: values.help,
      busy: values.busy,
      json: values.json,
    };
  } catch (error) {
    return leave(`${messageOf(error)}\n\n${usage}`, 2);
  }
}

/**
 * @param {string} name
 * @param {string} text
 * @param {number} min
 */
function wholeNumber(name, text, min) {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < min)
    throw new Error(`${name} is a whole number from ${String(min)}, not ${text}`);
  return value;
}

/**
 * @param {string} text
 * @param {number} code
 * @returns {never}
 */
function leave(text, code) {
  process[code === 0 ? 'stdout' : 'stderr'].write(`${text}\n`);
  process.exit(code);
}
