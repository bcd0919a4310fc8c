import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { findProgram } from './commands.mjs';
import { withLock } from './lock.mjs';
import { projectFolder } from './paths.mjs';
import { readJson, writeJson } from './run.mjs';
import { UserError } from './user-error.mjs';

const builtFrom = ['apps', 'libs', 'migrations', 'test', 'package.json', 'package-lock.json', 'tsconfig.json'];
const buildStamp = join(projectFolder, 'dist', '.built-from.json');

/**
 * Installs node_modules and builds dist if they differ from the lock file and the sources.
 * @param {import('./run.mjs').Run} run
 * @param {import('./log.mjs').Log} log
 */
export async function prepareProject(run, log) {
  if (dependenciesAreFresh() && buildIsFresh()) return;
  await withLock('build', { log, signal: run.signal }, async () => {
    if (!dependenciesAreFresh()) await install(run, log);
    if (!buildIsFresh()) await build(run, log);
  });
}

/** Installs node_modules as the lock file says, whatever it holds now. */
export async function installDependencies(run, log) {
  await withLock('build', { log, signal: run.signal }, () => install(run, log));
}

async function install(run, log) {
  log.info('Installing dependencies (npm ci) …');
  await npm(run, 'npm-ci', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
}

async function build(run, log) {
  log.info('Building (npm run build) …');
  const sources = fingerprint();
  await npm(run, 'npm-build', ['run', 'build']);
  writeJson(buildStamp, { sources });
}

async function npm(run, name, args) {
  const program = findProgram('npm');
  if (program === undefined) throw new UserError('npm not found: install Node.js with npm, then run this again');
  const child = run.spawn(name, program, args, { cwd: projectFolder });
  const code = await child.exited;
  run.signal.throwIfAborted();
  if (code !== 0) throw new UserError(`npm ${args.join(' ')} failed:\n${child.tail(30)}`);
}

/**
 * npm writes node_modules/.package-lock.json last, so it shows what is really installed, whichever command installed
 * it.
 */
function dependenciesAreFresh() {
  const wanted = readJson(join(projectFolder, 'package-lock.json'))?.packages;
  const installed = readJson(join(projectFolder, 'node_modules', '.package-lock.json'))?.packages;
  if (wanted === undefined || installed === undefined) return false;
  const same = (path) => installed[path]?.version === wanted[path].version;
  const mayMiss = (path) => installed[path] === undefined && (wanted[path].optional || wanted[path].devOptional);
  return Object.keys(wanted).every((path) => path === '' || same(path) || mayMiss(path));
}

function buildIsFresh() {
  return readJson(buildStamp)?.sources === fingerprint() && existsSync(join(projectFolder, 'dist', 'apps'));
}

/** Changes whenever a source file appears, disappears, or is written. */
function fingerprint() {
  const hash = createHash('sha256');
  for (const name of builtFrom) visit(join(projectFolder, name), hash);
  return hash.digest('hex');
}

function visit(path, hash) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isDirectory()) {
    hash.update(`${relative(projectFolder, path)} ${String(stat.size)} ${String(stat.mtimeMs)}\n`);
    return;
  }
  for (const name of readdirSync(path).toSorted()) visit(join(path, name), hash);
}
