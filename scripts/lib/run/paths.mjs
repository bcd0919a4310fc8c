import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json. */
export const projectFolder = join(fileURLToPath(import.meta.url), '..', '..', '..', '..');

/** Everything that the scripts write while they run; ignored by git, safe to delete when nothing runs. */
export const localFolder = join(projectFolder, '.local');

/** One folder for each run of the local stack. */
export const runsFolder = join(localFolder, 'runs');

/** Tells other scripts of this checkout which stack is up. */
export const runningFile = join(localFolder, 'running.json');
