import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findProgram } from './commands.mjs';
import { withLock } from './lock.mjs';
import { projectFolder } from './paths.mjs';
import { readJson, writeJson } from './run.mjs';
import { UserError } from './user-error.mjs';

const configuration = ['package.json', 'package-lock.json', 'tsconfig.json'];

/**
 * A build: an npm script, the folders that it reads, and the folder that it writes.
 * @typedef {{ script: string, from: readonly string[], folder: string }} Build
 */

/** The product. @type {Build} */
const product = { script: 'build', from: ['apps', 'libs', 'migrations', 'tsconfig.build.json'], folder: 'dist' };

/** The chaos tests and the benches. @type {Build} */
const tools = { script: 'build:tools', from: ['test', 'libs', 'tsconfig.tools.json'], folder: 'dist-tools' };

/**
 * Installs node_modules and builds dist if they differ from the lock file and the sources.
 * @param {import('./run.mjs').Run} run
 * @param {import('./log.mjs').Log} log
 */
export async function prepareProject(run, log) {
  await prepare(run, log, [product]);
}

/**
 * The same, and the chaos tests and benches; `importTool` loads them.
 * @param {import('./run.mjs').Run} run
 * @param {import('./log.mjs').Log} log
 */
export async function prepareTools(run, log) {
  await prepare(run, log, [product, tools]);
}

/**
 * A module of the chaos tests or benches, as it was built; the caller says its type.
 * @param {string} path below dist-tools
 * @returns {Promise<any>}
 */
export async function importTool(path) {
  return await import(pathToFileURL(join(projectFolder, tools.folder, path)).href);
}

/**
 * @param {import('./run.mjs').Run} run
 * @param {import('./log.mjs').Log} log
 * @param {readonly Build[]} builds
 */
async function prepare(run, log, builds) {
  if (dependenciesAreFresh() && builds.every(isFresh)) return;
  await withLock('build', { log, signal: run.signal }, async () => {
    if (!dependenciesAreFresh()) await install(run, log);
    for (const each of builds) if (!isFresh(each)) await build(run, log, each);
  });
}

/**
 * Installs node_modules as the lock file says, whatever it holds now.
 * @param {import('./run.mjs').Run} run
 * @param {import('./log.mjs').Log} log
 */
export async function installDependencies(run, log) {
  await withLock('build', { log, signal: run.signal }, () => install(run, log));
}

/**
 * @param {import('./run.mjs').Run} run
 * @param {import('./log.mjs').Log} log
 */
async function install(run, log) {
  log.info('Installing dependencies (npm ci) …');
  await npm(run, 'npm-ci', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
}

/**
 * @param {import('./run.mjs').Run} run
 * @param {import('./log.mjs').Log} log
 * @param {Build} each
 */
async function build(run, log, each) {
  log.info(`Building (npm run ${each.script}) …`);
  const sources = fingerprint(each);
  await npm(run, `npm-${each.script.replace(':', '-')}`, ['run', each.script]);
  writeJson(stampOf(each), { sources });
}

/**
 * @param {import('./run.mjs').Run} run
 * @param {string} name
 * @param {readonly string[]} args
 */
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
  const same = (/** @type {string} */ path) => installed[path]?.version === wanted[path].version;
  const mayMiss = (/** @type {string} */ path) =>
    installed[path] === undefined && (wanted[path].optional || wanted[path].devOptional);
  return Object.keys(wanted).every((path) => path === '' || same(path) || mayMiss(path));
}

/** @param {Build} each */
function isFresh(each) {
  return readJson(stampOf(each))?.sources === fingerprint(each);
}

/** @param {Build} each */
function stampOf({ folder }) {
  return join(projectFolder, folder, '.built-from.json');
}

/**
 * Changes whenever a source file appears, disappears, or is written.
 * @param {Build} each
 */
function fingerprint({ from }) {
  const hash = createHash('sha256');
  for (const name of [...from, ...configuration]) visit(join(projectFolder, name), hash);
  return hash.digest('hex');
}

/**
 * @param {string} path
 * @param {import('node:crypto').Hash} hash
 */
function visit(path, hash) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isDirectory()) {
    hash.update(`${relative(projectFolder, path)} ${String(stat.size)} ${String(stat.mtimeMs)}\n`);
    return;
  }
  for (const name of readdirSync(path).toSorted()) visit(join(path, name), hash);
}
