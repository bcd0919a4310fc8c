import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectFolder } from '../../scripts/lib/run/paths.mjs';

/** The apps' own, as it was built. */
export async function topology() {
  const path = join(projectFolder, 'dist', 'libs', 'contracts', 'src', 'topology.js');
  return (await import(pathToFileURL(path).href)).topology;
}

/** The topology that each app declares with this ladder. @param {readonly number[]} [retryDelaysMs] */
export async function planned(retryDelaysMs) {
  const path = join(projectFolder, 'dist', 'libs', 'contracts', 'src', 'topology-plan.js');
  return (await import(pathToFileURL(path).href)).planTopology(retryDelaysMs);
}
