import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { installDependencies } from './dependencies.mjs';
import { createLog } from './log.mjs';
import { runStep } from './main.mjs';
import { projectFolder } from './paths.mjs';
import { readJson } from './run.mjs';

/** Tells the second process that the first one waits for it. */
const handedOver = 'SMART_BILLING_HANDED_OVER';
/** @type {NodeJS.Signals[]} */
const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * @returns {{ version: string, package: string }} the pinned Node.js, and the npm package that holds it for this
 *   machine
 */
export function pinnedNode(platform = process.platform, arch = process.arch) {
  const { optionalDependencies = {} } = readJson(join(projectFolder, 'package.json')) ?? {};
  const [version] = Object.entries(optionalDependencies)
    .filter(([name]) => name.startsWith('node-linux-'))
    .map(([, each]) => each);
  return { version, package: `node-${platform}-${arch}` };
}

/**
 * Returns at once when this process is on the pinned Node.js. Otherwise installs the dependencies, which include it,
 * starts the same script on it and ends with its exit code. If no package has it for this machine, a Node.js of the
 * same major or later continues.
 */
export async function continueOnPinnedNode() {
  if (process.env[handedOver] !== undefined) {
    delete process.env[handedOver];
    endWithTheFirstProcess();
    return;
  }
  const pinned = pinnedNode();
  if (process.versions.node === pinned.version) return;
  const program = join(projectFolder, 'node_modules', pinned.package, 'bin', 'node');
  const log = createLog({ json: true });
  if (isOffered(pinned.package) && !isVersion(program, pinned.version)) {
    await runStep(log, async (run) => {
      await installDependencies(run, log);
      return 0;
    });
    if (process.exitCode !== 0) process.exit();
  }
  if (isVersion(program, pinned.version)) process.exit(await runOn(program));
  if (majorOf(process.versions.node) >= majorOf(pinned.version)) return;
  process.stderr.write(`\n${tooOld(pinned)}\n`);
  process.exit(1);
}

/**
 * True if the lock file has the package.
 * @param {string} name
 */
function isOffered(name) {
  return readJson(join(projectFolder, 'package-lock.json'))?.packages?.[`node_modules/${name}`] !== undefined;
}

/** @param {string} version */
function majorOf(version) {
  return Number(version.split('.')[0]);
}

/**
 * A package for another C library installs, and its program does not start.
 * @param {string} program
 * @param {string} version
 */
function isVersion(program, version) {
  return (
    existsSync(program) && spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout?.trim() === `v${version}`
  );
}

/** @param {{ version: string, package: string }} options */
function tooOld({ version, package: name }) {
  return (
    `This is Node.js ${process.versions.node}; Smart Billing runs on ${version}, and the npm package ${name} does not bring it to ` +
    `this machine. Install Node.js ${String(majorOf(version))} or later, then run this again.`
  );
}

/**
 * Signals reach the second process through the first one only: a Ctrl-C must not count twice.
 * @param {string} program
 */
async function runOn(program) {
  const child = spawn(program, [...process.execArgv, ...process.argv.slice(1)], {
    detached: true,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: {
      ...process.env,
      PATH: [dirname(program), process.env['PATH']].join(delimiter),
      [handedOver]: '1',
    },
  });
  for (const signal of forwarded) {
    process.removeAllListeners(signal); // those of the installation, which is done
    process.on(signal, () => child.kill(signal));
  }
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}

/** When the first process is killed, the second one stops as on SIGTERM. */
function endWithTheFirstProcess() {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel?.unref();
}
