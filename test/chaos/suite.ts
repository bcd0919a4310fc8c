import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Run } from '#scripts/lib/run/run.mjs';
import type { Family, Fault } from './fault.ts';
import { noFault } from './faults.ts';
import { Chance } from './random.ts';
import { runFault, type Result, type Work } from './run-fault.ts';
import type { Services } from './services.ts';
import { Template } from './template.ts';
import { writeFiles } from './workload.ts';

/** Crashes at each named point. With few rows too few processes arrive, so fewer crashes are requested. */
function crashesIn(rows: number): number {
  return Math.max(3, Math.min(20, Math.floor(rows / 100)));
}

interface SuiteOptions {
  /** Servers that stay as they are while the faults leave them alone. */
  readonly services: Services;
  readonly run: Run;
  readonly seed: number;
  /** In four files. */
  readonly rows: number;
  readonly faults: readonly (Fault | Family)[];
  readonly onResult?: (result: Result) => void;
  readonly onSkipped?: (fault: string, why: string) => void;
}

/** The run without faults, and then one run for each fault. */
export async function runSuite({
  services,
  run,
  seed,
  rows,
  faults,
  onResult = () => undefined,
  onSkipped = () => undefined,
}: SuiteOptions): Promise<Result[]> {
  const folder = join(run.folder, 'files');
  mkdirSync(folder);
  const files = await writeFiles({ folder, seed, rows });
  const template = await Template.create(services, run);
  // Our own server is gone by then; a shared one is not.
  run.addCleanup(() => template.drop().catch(() => undefined));
  const harness = { services, run, template, seed, crashes: crashesIn(rows) };
  const results: Result[] = [];
  const runOne = async (fault: Fault, work: Work): Promise<Result> => {
    const result = await runFault(harness, fault, work);
    onResult(result);
    results.push(result);
    return result;
  };
  const each = faults.flatMap((fault) => ('drawn' in fault ? fault.drawn(new Chance(seed)) : [fault]));
  const needsReference = each.some((fault) => fault.files === undefined);
  const reference = needsReference ? await runOne(noFault, { files }) : undefined;
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
