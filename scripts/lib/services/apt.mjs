import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { findProgram, lastLines, run } from '../run/commands.mjs';
import { UserError } from '../run/user-error.mjs';

const policyFile = '/usr/sbin/policy-rc.d';
const policyBackup = `${policyFile}.before-smart-billing`;
const policyMark = '# Written by Smart Billing while it installs packages; removed right after.';
const clusterFile = '/etc/postgresql-common/createcluster.d/smart-billing.conf';

/** True if packages can be installed here: on Debian or a derivative, as root. */
export function canInstall() {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version') && findProgram('apt-get') !== undefined;
}

let lastInstallation = Promise.resolve();

/**
 * Installs Debian packages, one call after the other, without starting the services they bring.
 * @param {string[]} packages
 * @param {import('../run/log.mjs').Log} log
 */
export function aptInstall(packages, log) {
  const installation = lastInstallation.then(() => install(packages, log));
  lastInstallation = installation.catch(() => {});
  return installation;
}

/**
 * @param {readonly string[]} packages
 * @param {import('../run/log.mjs').Log} log
 */
async function install(packages, log) {
  log.info(`Installing ${packages.join(', ')} with apt-get …`);
  const restore = keepServicesStopped();
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' };
    await apt(['update', '-q'], env);
    await apt(['install', '-q', '-y', '--no-install-recommends', ...packages], env);
  } finally {
    restore();
  }
}

/**
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
async function apt(args, env) {
  // Another apt may hold the lock for a while.
  const { code, output } = await run('apt-get', ['-o', 'DPkg::Lock::Timeout=120', ...args], { env });
  if (code !== 0) throw new UserError(`apt-get ${args.join(' ')} failed:\n${lastLines(output)}`);
}

/**
 * Debian starts a service as soon as it is installed, PostgreSQL with a cluster on port 5432. policy-rc.d says no to
 * both for as long as the installation takes.
 * @returns {() => void} puts everything back
 */
function keepServicesStopped() {
  undoInterruptedInstallation();
  const before = existsSync(policyFile) ? readFileSync(policyFile, 'utf8') : undefined;
  if (before !== undefined) renameSync(policyFile, policyBackup);
  writeFileSync(policyFile, `#!/bin/sh\n${policyMark}\nexit 101\n`);
  chmodSync(policyFile, 0o755);

  mkdirSync(dirname(clusterFile), { recursive: true });
  writeFileSync(clusterFile, 'create_main_cluster = false\n');
  return undoInterruptedInstallation;
}

/** Removes the files by which an installation blocked services, also a killed one. Harmless without them. */
export function undoInterruptedInstallation() {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return;
  rmSync(clusterFile, { force: true });
  const isOurs = existsSync(policyFile) && readFileSync(policyFile, 'utf8').includes(policyMark);
  if (isOurs) rmSync(policyFile);
  if (existsSync(policyBackup) && !existsSync(policyFile)) renameSync(policyBackup, policyFile);
}
