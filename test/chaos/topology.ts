import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectFolder } from '#scripts/lib/run/paths.mjs';
import type { Plan } from './broker-api.ts';

interface Topology {
  readonly queues: Readonly<Record<string, { readonly consumes: string }>>;
  readonly exchanges: Readonly<Record<string, string>> & { readonly work: string };
}

/** The apps' own, as it was built. */
export async function topology(): Promise<Topology> {
  return (await built<{ readonly topology: Topology }>('topology.js')).topology;
}

/** The topology that each app declares with this ladder. */
export async function planned(retryDelaysMs: readonly number[]): Promise<Plan> {
  const { planTopology } = await built<{ readonly planTopology: (delaysMs: readonly number[]) => Plan }>(
    'topology-plan.js',
  );
  return planTopology(retryDelaysMs);
}

async function built<T>(file: string): Promise<T> {
  const path = join(projectFolder, 'dist', 'libs', 'contracts', 'src', file);
  return (await import(pathToFileURL(path).href)) as T;
}
