// The whole way of a file, against the least that the same database could need for the same rows.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '#scripts/lib/run/log.mjs';
import { projectFolder } from '#scripts/lib/run/paths.mjs';
import type { BenchContext, BenchOptions } from './lib/context.ts';
import { provideFile, type BenchFile } from './pipeline/file.ts';
import { measureFloor } from './pipeline/floor/floor.ts';
import { measurePipeline } from './pipeline/measure.ts';
import { Profiles, statementsOf } from './pipeline/profiles.ts';
import { describeRun, describeSpread, machine, summarise, type Medians, type RunResult } from './pipeline/report.ts';
import { BenchStack } from './pipeline/stack.ts';
import { contentHash, findFaults } from './pipeline/verify.ts';

/** The part of what `--save` writes that the plots read. */
export interface Saved extends Medians {
  readonly date: string;
  readonly machine: string;
  readonly profile: string;
}

export async function benchPipeline(context: BenchContext): Promise<Medians> {
  const { log, options } = context;
  const { profile, rows, runs: count = 1 } = options;
  const file = await provideFile({ profile, rows }, log);
  const paths = options.fastPaths ? '' : ', FAST_PATHS=off';
  log.info(`${machine()}\n${profile}, ${rows.toLocaleString('en')} rows, ${(file.bytes / 1e6).toFixed(1)} MB${paths}`);
  const runs: RunResult[] = [];
  for (let at = 1; at <= count; at += 1) {
    const result = await once(context, file, at === count);
    log.info(`\nRun ${String(at)} of ${String(count)}`);
    for (const line of describeRun(result, { rows, bytes: file.bytes })) log.info(line);
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

async function once({ run, log, options }: BenchContext, file: BenchFile, isLast: boolean): Promise<RunResult> {
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

async function hold(stack: BenchStack, log: Log): Promise<void> {
  log.info(`\nThe stack stays up until Ctrl-C:\n  psql ${stack.databaseUrl}\n  logs: ${stack.run.folder}/logs`);
  await new Promise((resolve) => {
    stack.run.signal.addEventListener('abort', resolve, { once: true });
  });
}

function save(options: BenchOptions, summary: Medians, runs: readonly RunResult[]): void {
  const { profile, rows, validators, generators, fastPaths } = options;
  const scale =
    validators > 1 || generators > 1 ? `-${String(validators)}-validators-${String(generators)}-generators` : '';
  const folder = join(projectFolder, 'docs', 'performance');
  mkdirSync(folder, { recursive: true });
  const details = runs.map(({ measured, floor }) => {
    const { seconds, progressMs, server, peakMib } = measured;
    return { seconds, progressMs, server, peakMib, floor: floor ?? null };
  });
  const result: Saved & { readonly runs: readonly object[] } = {
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
