import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { noFault } from './faults.mjs';
import { Chance } from './random.mjs';
import { runFault } from './run-fault.mjs';
import { Template } from './template.mjs';
import { writeFiles } from './workload.mjs';

/**
 * Crashes at each named point. With few rows too few processes arrive, so fewer crashes are requested.
 * @param {number} rows
 */
function crashesIn(rows) {
  return Math.max(3, Math.min(20, Math.floor(rows / 100)));
}

/**
 * The run without faults, and then one run for each fault.
 * @param {{ services: import('./services.mjs').Services, run: import('../../scripts/lib/run/run.mjs').Run, seed:
 *   number, rows: number, faults: readonly import('./faults.mjs').Fault[], onResult?: (result:
 *   import('./run-fault.mjs').Result) => void, onSkipped?: (fault: string, why: string) => void }} options `rows` in
 *   four files
 * @returns {Promise<import('./run-fault.mjs').Result[]>}
 */
export async function runSuite({
  services,
  run,
  seed,
  rows,
  faults,
  onResult = () => undefined,
  onSkipped = () => undefined,
}) {
  const folder = join(run.folder, 'files');
  mkdirSync(folder);
  const files = await writeFiles({ folder, seed, rows });
  const template = await Template.create(services, run);
  // Our own server is gone by then; a shared one is not.
  run.addCleanup(() => template.drop().catch(() => undefined));
  const results = [];
  const runOne = async (fault, own) => {
    const result = await runFault({ services, run, template, fault, seed, crashes: crashesIn(rows), ...own });
    onResult(result);
    results.push(result);
    return result;
  };
  const needsReference = faults.some((fault) => fault.files === undefined);
  const reference = needsReference ? await runOne(noFault, { files }) : undefined;
  const each = faults.flatMap((fault) => fault.drawn?.(new Chance(seed)) ?? [fault]);
  for (const fault of each) {
    const hindrance = fault.cannot?.(services);
    if (hindrance !== undefined) {
      onSkipped(fault.name, hindrance);
      continue;
    }
    if (fault.files === undefined) await runOne(fault, { files, reference: reference?.state });
    else await runOne(fault, { files: await fault.files(folder) });
  }
  return results;
}
