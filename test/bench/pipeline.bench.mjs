// The whole way of a file, against the least that the same database could need for the same rows.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from '../../scripts/lib/run/paths.mjs';
import { provideFile } from './pipeline/file.mjs';
import { measureFloor } from './pipeline/floor/floor.mjs';
import { measurePipeline } from './pipeline/measure.mjs';
import { Profiles, statementsOf } from './pipeline/profiles.mjs';
import { describeRun, describeSpread, machine, summarise } from './pipeline/report.mjs';
import { BenchStack } from './pipeline/stack.mjs';
import { contentHash, findFaults } from './pipeline/verify.mjs';

/**
 * @typedef {object} PipelineOptions
 * @property {'lenient' | 'strict'} profile
 * @property {number} rows
 * @property {number} [runs] each with a stack of its own
 * @property {number} validators
 * @property {number} generators
 * @property {boolean} fastPaths false: chunk-validator runs with FAST_PATHS=off
 * @property {boolean} hash also hashes what the file leaves in the database; takes seconds and memory for a large one
 * @property {boolean} skipFloor
 * @property {string} [cpuProf] folder for CPU profiles; statements of PostgreSQL are told as well
 * @property {boolean} keep holds the last stack up until Ctrl-C, for a look at its database
 * @property {boolean} save writes docs/performance/<profile>-<rows>.json, of which the plots are made
 */

/**
 * @param {{ log: import('../../scripts/lib/run/log.mjs').Log, run: import('../../scripts/lib/run/run.mjs').Run,
 *   options: PipelineOptions }} context
 */
export async function benchPipeline({ log, run, options }) {
  const { profile, rows, runs: count = 1 } = options;
  const file = await provideFile({ profile, rows }, log);
  const paths = options.fastPaths ? '' : ', FAST_PATHS=off';
  log.info(`${machine()}\n${profile}, ${rows.toLocaleString('en')} rows, ${(file.bytes / 1e6).toFixed(1)} MB${paths}`);
  const runs = [];
  for (let at = 1; at <= count; at += 1) {
    const result = await once({ run, log, file, options, isLast: at === count });
    log.info(`\nRun ${String(at)} of ${String(count)}`);
    for (const line of describeRun({ ...result, rows, bytes: file.bytes })) log.info(line);
    runs.push(result);
  }
  if (runs.length > 1) {
    log.info(`\nMedian of ${String(runs.length)} (and spread)`);
    for (const line of describeSpread(runs)) log.info(line);
  }
  const summary = summarise(rows, runs);
  if (options.save) save(options, summary, runs);
  return summary;
}

async function once({ run, log, file, options, isLast }) {
  const { profile, rows, validators, generators, fastPaths } = options;
  const profiles = options.cpuProf === undefined ? undefined : new Profiles(run, options.cpuProf);
  const statements = profiles !== undefined;
  const stack = await BenchStack.start(run, { rows, validators, generators, fastPaths, statements }, log);
  try {
    const appNames = stack.appNames();
    const pids = Object.fromEntries(Object.entries(stack.pids()).filter(([name]) => appNames.includes(name)));
    profiles?.start(pids);
    log.info('Uploading …');
    const measured = await measurePipeline(stack, file, profile, log);
    await profiles?.end(pids, log);
    if (profiles !== undefined) for (const line of ['', ...(await statementsOf(stack))]) log.info(line);
    log.info('Verifying …');
    const faults = await findFaults(stack, file.expected);
    const hash = options.hash ? await contentHash(stack) : undefined;
    if (options.keep && isLast) await hold(stack, log);
    const floor = options.skipFloor ? undefined : await measureFloor(stack, rows, log);
    await stack.stop();
    profiles?.close(pids);
    return { measured, faults, hash, floor, appNames };
  } finally {
    await stack.stop();
  }
}

async function hold(stack, log) {
  log.info(`\nThe stack stays up until Ctrl-C:\n  psql ${stack.databaseUrl}\n  logs: ${stack.run.folder}/logs`);
  await new Promise((resolve) => {
    stack.run.signal.addEventListener('abort', resolve, { once: true });
  });
}

function save({ profile, rows, validators, generators, fastPaths }, summary, runs) {
  const scale =
    validators > 1 || generators > 1 ? `-${String(validators)}-validators-${String(generators)}-generators` : '';
  const folder = join(projectFolder, 'docs', 'performance');
  mkdirSync(folder, { recursive: true });
  const details = runs.map(({ measured, floor }) => {
    const { seconds, progressMs, server, peakMib } = measured;
    return { seconds, progressMs, server, peakMib, floor: floor ?? null };
  });
  const result = {
    date: new Date().toISOString().slice(0, 10),
    machine: machine(),
    profile,
    ...summary,
    runs: details,
  };
  const paths = fastPaths ? '' : '-fast-paths-off';
  writeFileSync(
    join(folder, `${profile}-${String(rows)}${scale}${paths}.json`),
    `${JSON.stringify(result, undefined, 2)}\n`,
  );
}
