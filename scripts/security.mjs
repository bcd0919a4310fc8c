// node scripts/security.mjs probe | auth-on: attacks against this checkout's stack.
import { parseArgs } from 'node:util';
import { messageOf } from './lib/run/errors.mjs';
import { createLog } from './lib/run/log.mjs';
import { runScript } from './lib/run/main.mjs';
import { findRunning } from './lib/system/api-key.mjs';
import { bringUp } from './lib/system/bring-up.mjs';
import { appNames } from './lib/system/system.mjs';
import { askEveryOperation } from './security/auth-on.mjs';
import { probes, runProbe } from './security/probe.mjs';

const usage = `Usage: node scripts/security.mjs probe [--only F4,F8] [--json]
       node scripts/security.mjs auth-on [--json]

  Attacks the stack that npm start holds up, or one that it starts, on the loopback only: real requests, real files.
  A stack that probe starts asks for a second person to approve an issuer; that of npm start does not, so F7 is open there.
  probe tells of each fault whether it is closed, auth-on of each operation whether it asks for its caller. Ends with 1
  when something is open. docs/security.md says what is not tried.

  --only  these faults alone
  --json  the last line on standard output is one JSON object with the result`;

/** Production asks for a second person. The stack of npm start does not, because it is for one person. */
const hardened = { FOUR_EYES: 'on' };

const options = readArguments(process.argv.slice(2));
const log = createLog({ json: options.json });
await runScript(log, options.command === 'probe' ? probe : authOn);

/** @param {import('./lib/run/run.mjs').Run} run */
async function probe(run) {
  const context = await findStack(run, hardened);
  const results = [];
  for (const each of probes.filter(({ id }) => options.only === undefined || options.only.includes(id))) {
    run.signal.throwIfAborted();
    const result = await runProbe(each, context);
    results.push(result);
    log.info(
      `${result.id.padEnd(4)} ${result.why === undefined ? 'closed' : 'open  '}  ${result.what}${result.why === undefined ? '' : `: ${result.why}`}`,
    );
  }
  const faults = results.filter(({ why }) => why !== undefined).length;
  log.info(`${String(results.length)} probes, ${String(faults)} faults`);
  if (options.json)
    process.stdout.write(
      `${JSON.stringify({ probes: results.length, faults, results: results.map(({ id, what, why }) => ({ id, what, open: why ?? null })) })}\n`,
    );
  return faults === 0 ? 0 : 1;
}

/** @param {import('./lib/run/run.mjs').Run} run */
async function authOn(run) {
  const findings = await askEveryOperation(await findStack(run));
  for (const { line, faults } of findings) {
    log.info(line);
    for (const fault of faults) log.info(`  open: ${fault}`);
  }
  const open = findings.flatMap(({ faults }) => faults);
  if (options.json) process.stdout.write(`${JSON.stringify({ lines: findings.map(({ line }) => line), open })}\n`);
  return open.length === 0 ? 0 : 1;
}

/**
 * The stack that npm start holds up, or one of this run.
 * @param {import('./lib/run/run.mjs').Run} run
 * @param {Readonly<Record<string, string>>} [environment] of one of this run
 */
async function findStack(run, environment) {
  const running = findRunning();
  const addresses = running ?? (await bringUp(run, log, environment));
  const stack = {
    ...addresses,
    appNames,
    managementUrl: addresses.broker.managementUrl,
    runFolder: running?.folder ?? run.folder,
  };
  mustBeHere(stack);
  return stack;
}

/**
 * Refuses to attack a system that is not on this machine.
 * @param {{ url: string }} options
 */
function mustBeHere({ url }) {
  const { hostname } = new URL(url);
  if (hostname !== '127.0.0.1' && hostname !== 'localhost') throw new Error(`${url} is not on the loopback`);
}

/** @param {readonly string[]} args */
function readArguments(args) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        only: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) leave(usage, 0);
    const [command] = positionals;
    if (positionals.length !== 1 || (command !== 'probe' && command !== 'auth-on')) leave(usage, 2);
    const only = values.only?.split(',').map((id) => id.trim().toUpperCase());
    const unknown = only?.find((id) => !probes.some((each) => each.id === id));
    if (unknown !== undefined) leave(`no probe is named ${unknown}\n\n${usage}`, 2);
    return { command, json: values.json, only };
  } catch (error) {
    return leave(`${messageOf(error)}\n\n${usage}`, 2);
  }
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
