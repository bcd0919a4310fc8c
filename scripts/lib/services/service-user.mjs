import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** @typedef {{ uid: number, gid: number }} Ids */

/**
 * The user that a service runs as: undefined unless this process is root, because servers refuse to run as root or
 * should not.
 * @param {string} name the service's own user
 * @returns {Ids | undefined}
 */
export function serviceUser(name) {
  if (process.getuid?.() !== 0) return undefined;
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  const line = lines.find((each) => each.startsWith(`${name}:`)) ?? lines.find((each) => each.startsWith('nobody:'));
  if (line === undefined) return undefined;
  const [, , uid, gid] = line.split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

/**
 * A folder for the service's data, inside the run's folder; a private one under the system's temporary folder when the
 * service's user cannot reach the checkout (one below /root, for example).
 * @param {import('../run/run.mjs').Run} run
 * @param {string} name
 * @param {Ids | undefined} user
 */
export function dataFolder(run, name, user) {
  const inRun = join(run.folder, name);
  mkdirSync(inRun);
  run.addTemporary(inRun);
  own(inRun, user);
  if (user === undefined || canWrite(inRun, user)) return inRun;

  const elsewhere = mkdtempSync(join(tmpdir(), `smart-billing-${name}-`));
  run.addTemporary(elsewhere);
  own(elsewhere, user);
  return elsewhere;
}

/**
 * @param {string} folder
 * @param {Ids | undefined} user
 */
function own(folder, user) {
  chmodSync(folder, 0o700);
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
}

/**
 * @param {string} folder
 * @param {Ids | undefined} user
 */
function canWrite(folder, user) {
  return spawnSync('test', ['-w', folder], { ...user, cwd: '/' }).status === 0;
}
