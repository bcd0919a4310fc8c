// npm run demo [-- FILE] [--profile strict|lenient] [--json] [--keep]
import './lib/run/on-pinned-node.mjs';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { processFile } from './lib/demo/demo-run.mjs';
import { accountingTable } from './lib/demo/outcome.mjs';
import { writeDemoSample } from './lib/demo/sample-file.mjs';
import { messageOf } from './lib/run/errors.mjs';
import { createLog } from './lib/run/log.mjs';
import { runScript } from './lib/run/main.mjs';
import { announceRunning } from './lib/run/run.mjs';
import { findRunning } from './lib/system/api-key.mjs';
import { bringUp, describeAddresses } from './lib/system/bring-up.mjs';

const usage = `Usage: npm run demo [-- FILE] [--profile strict|spreadsheet|lenient] [--json] [--keep]

  FILE        a CSV of debts; without it, a sample of 10,000 rows is made
  --profile   strict (default): CPF and CNPJ check digits, no due date in the past
              spreadsheet: the same, and CPFs get back leading zeros where their check digits agree
              lenient: any document of digits, due dates in the past allowed
  --json      the last line on standard output is one JSON object with the result
  --keep      stay up afterwards, until Ctrl-C`;

const options = readArguments(process.argv.slice(2));
const log = createLog({ json: options.json });
await runScript(log, demo);

/** @param {import('./lib/run/run.mjs').Run} run */
async function demo(run) {
  const running = findRunning();
  if (running !== undefined) log.info('Using the stack of this checkout that is already up.');
  const addresses = running ?? (await bringUp(run, log));
  if (running === undefined && options.keep) announceRunning(run, withoutFunctions(addresses));

  const file = options.file ?? (await writeDemoSample(run.folder, log));
  log.info(`Uploading ${file} (profile ${options.profile}) …`);
  const { result, faults } = await processFile({
    addresses,
    file,
    profile: options.profile,
    outFolder: join(run.folder, 'out'),
    isFreshMailbox: running === undefined,
    log,
    signal: run.signal,
  });
  show(result, faults);
  if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  if (options.keep) await stayUp(run, addresses, running !== undefined);
  return faults.length === 0 ? 0 : 1;
}

/**
 * @param {Awaited<ReturnType<typeof import('./lib/demo/demo-run.mjs').processFile>>['result']} result
 * @param {readonly string[]} faults
 */
function show(result, faults) {
  const { seconds, artifacts } = result;
  log.info(`\nAccounting of batch ${result.batchId} (${result.status})\n${accountingTable(result)}`);
  log.info(`\n  ${String(seconds.total)} s in all, last boleto after ${String(seconds.issued)} s`);
  log.info(
    `\n  results     ${artifacts.results}\n  rejections  ${artifacts.rejections}\n  duplicates  ${artifacts.duplicates}`,
  );
  log.info(`  PDFs        ${String(artifacts.pdfs)}\n  mailbox     ${artifacts.mailbox}\n`);
  if (faults.length === 0) log.info('Every row is accounted for; every accepted one has its boleto and its e-mail.');
  else for (const fault of faults) log.warn(fault);
}

/**
 * @param {import('./lib/run/run.mjs').Run} run
 * @param {import('./lib/system/bring-up.mjs').Addresses} addresses
 * @param {boolean} isElsewhere
 */
async function stayUp(run, addresses, isElsewhere) {
  log.info(`\n${describeAddresses(addresses)}\n`);
  if (isElsewhere) return;
  log.info('Ctrl-C stops everything.');
  if (!run.signal.aborted) await once(run.signal, 'abort');
}

/** @param {import('./lib/system/bring-up.mjs').Addresses} addresses */
function withoutFunctions(addresses) {
  return Object.fromEntries(Object.entries(addresses).filter(([, value]) => typeof value !== 'function'));
}

/** @param {readonly string[]} args */
function readArguments(args) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        profile: { type: 'string', default: 'strict' },
        json: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) leave(usage, 0);
    if (!['strict', 'spreadsheet', 'lenient'].includes(values.profile))
      leave(`--profile is strict, spreadsheet or lenient, not ${values.profile}\n\n${usage}`, 2);
    if (positionals.length > 1) leave(`one FILE at a time, not ${String(positionals.length)}\n\n${usage}`, 2);
    return { ...values, file: positionals[0] === undefined ? undefined : existingFile(positionals[0]) };
  } catch (error) {
    return leave(`${messageOf(error)}\n\n${usage}`, 2);
  }
}

/** @param {string} name */
function existingFile(name) {
  const path = resolve(name);
  if (!existsSync(path)) leave(`${path} does not exist. Give the path of a CSV file, or none for a sample.`, 2);
  if (!statSync(path).isFile()) leave(`${path} is not a file. Give the path of a CSV file, or none for a sample.`, 2);
  return path;
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
