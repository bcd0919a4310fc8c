import { randomBytes } from 'node:crypto';
import { chownSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { findProgram, isProgram, lastLines, run as runCommand, versionedFolders } from '../run/commands.mjs';
import { projectFolder } from '../run/paths.mjs';
import { signalOne } from '../run/processes.mjs';
import { until } from '../run/wait.mjs';
import { freePorts } from './ports.mjs';
import { postgresAnswers } from './protocol-probes.mjs';
import { dataFolder, serviceUser } from './service-user.mjs';

const MIB = 1_024 * 1_024;

/**
 * An eighth of the memory, which is shared with everything else, from 128 MB to 4 GB: the indexes of ten million rows
 * fit.
 */
const sharedBuffersMb = eighth(totalmem(), 128, 4_096);

/**
 * An eighth of the free disk, from 1 GB to 16 GB, and only while a large file is stored: with less, PostgreSQL makes a
 * checkpoint every few hundred thousand rows, and writes each page whole that is changed for the first time behind it.
 */
const maxWalSizeMb = eighth(freeDisk(), 1_024, 16_384);

/**
 * In MiB.
 * @param {number} bytes
 * @param {number} minimum
 * @param {number} maximum
 */
function eighth(bytes, minimum, maximum) {
  return Math.min(maximum, Math.max(minimum, Math.floor(bytes / 8 / MIB)));
}

function freeDisk() {
  const { bavail, bsize } = statfsSync(projectFolder);
  return bavail * bsize;
}

/** Durable as in production (fsync and synchronous_commit stay on), sized for one machine that runs everything. */
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: `${sharedBuffersMb}MB`,
  max_wal_size: `${maxWalSizeMb}MB`,
  wal_buffers: '64MB',
  min_wal_size: '256MB',
  wal_compression: 'on',
  checkpoint_timeout: '15min',
  checkpoint_completion_target: '0.9',
  effective_cache_size: '2GB',
  work_mem: '16MB',
  maintenance_work_mem: '128MB',
  random_page_cost: '1.1',
  // A constraint that refuses a row would tell its values in the log, a debtor's document among them.
  log_error_verbosity: 'terse',
  logging_collector: 'off',
  // No statement here is worth a compilation.
  jit: 'off',
  timezone: 'UTC',
};

/**
 * Settings of glibc. A session keeps the dozen MiB that a chunk needs for the next chunk, instead of returning them and
 * getting them again page by page. The limits of mallopt(3): what is allocated at once from the heap, and what may lie
 * free at its end, in bytes.
 */
export const postgresEnvironment = { MALLOC_MMAP_THRESHOLD_: '33554432', MALLOC_TRIM_THRESHOLD_: '134217728' };

/** The same settings as `-c` arguments. */
export const postgresArguments = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);

/** @returns {string | undefined} the folder with initdb and postgres, the newest version first */
export function findPostgres() {
  const installed = versionedFolders('/usr/lib/postgresql').map((folder) => join(folder, 'bin'));
  const homebrew = ['/opt/homebrew/opt', '/usr/local/opt'].flatMap((folder) =>
    versionedFolders(folder, /^postgresql/).map((each) => join(each, 'bin')),
  );
  const inPath = findProgram('initdb');
  const folders = [...installed, ...homebrew, ...(inPath === undefined ? [] : [join(inPath, '..')])];
  return folders.find((folder) => isProgram(join(folder, 'initdb')) && isProgram(join(folder, 'postgres')));
}

/** The role that owns the database and makes the roles of the apps: no superuser. */
const owner = 'billing_owner';

/** @param {string} password */
export function ownerStatements(password) {
  return `CREATE ROLE ${owner} LOGIN CREATEROLE PASSWORD '${password}';\nALTER DATABASE billing OWNER TO ${owner};\n`;
}

/**
 * @param {number} port on this machine
 * @param {{ superuser: string, owner: string }} passwords
 * @returns {Database}
 */
export function databaseAt(port, passwords) {
  const urlOf = (/** @type {string} */ user, /** @type {string} */ password) =>
    `postgres://${user}:${password}@127.0.0.1:${String(port)}/billing`;
  return { url: urlOf('postgres', passwords.superuser), ownerUrl: urlOf(owner, passwords.owner) };
}

/** Passwords of the superuser and of the owner. */
export function databasePasswords() {
  return { superuser: randomBytes(16).toString('hex'), owner: randomBytes(16).toString('hex') };
}

/**
 * @typedef {object} Database
 * @property {string} url of the superuser, for tests and for what only an administrator may do
 * @property {string} ownerUrl of the role that owns the database, which `migrate` connects as
 */

/**
 * @typedef {object} PostgresServer
 * @property {string} url of the superuser
 * @property {string} ownerUrl of the role that owns the database
 * @property {(signal: NodeJS.Signals) => Promise<void>} stop
 * @property {() => Promise<void>} start
 */

/**
 * How a program of the server is started.
 * @typedef {object} ProgramOptions
 * @property {string} cwd
 * @property {NodeJS.ProcessEnv} env
 * @property {AbortSignal} signal
 * @property {string} [input]
 * @property {number} [uid]
 * @property {number} [gid]
 */

/**
 * Starts a PostgreSQL of our own on a free port. It can be stopped by any signal and started again on its port and its
 * data.
 * @param {import('../run/run.mjs').Run} run
 * @param {string} binFolder
 * @returns {Promise<PostgresServer>}
 */
export async function startPostgresServer(run, binFolder) {
  const user = serviceUser('postgres');
  const folder = dataFolder(run, 'postgres', user);
  const data = join(folder, 'data');
  const passwords = databasePasswords();
  const asUser = { ...user, cwd: folder, env: { ...environment(), HOME: folder } };

  await initialise(binFolder, data, passwords, { ...asUser, signal: run.signal });
  const [port] = await freePorts(1);
  const program = join(binFolder, 'postgres');
  const args = ['-D', data, '-p', String(port), ...postgresArguments];
  // SIGINT: fast shutdown; to the postmaster only, which ends its own children.
  /** @type {import('../run/run.mjs').SpawnOptions} */
  const options = { ...asUser, stopSignal: 'SIGINT', stopsGroup: false };
  /** @type {import('../run/run.mjs').Child} */ let child;
  const start = async () => {
    child = run.spawn('postgres', program, args, options);
    await until(
      async () => {
        if (child.ended() !== undefined) throw new Error(`PostgreSQL ended at start:\n${child.tail()}`);
        return postgresAnswers({ host: '127.0.0.1', port });
      },
      { timeoutMs: 60_000, signal: run.signal, what: `PostgreSQL (log: ${child.logFile})` },
    );
  };
  const stop = async (/** @type {NodeJS.Signals} */ signal) => {
    signalOne(child.pid, signal);
    await child.exited;
  };
  await start();
  return { ...databaseAt(port, passwords), stop, start };
}

/**
 * @param {string} binFolder
 * @param {string} data
 * @param {ReturnType<typeof databasePasswords>} passwords
 * @param {ProgramOptions} asUser
 */
async function initialise(binFolder, data, passwords, asUser) {
  const passwordFile = join(asUser.cwd, 'password');
  writeFileSync(passwordFile, passwords.superuser, { mode: 0o600 });
  if (asUser.uid !== undefined && asUser.gid !== undefined) chownSync(passwordFile, asUser.uid, asUser.gid);
  const options = ['--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8'];
  // --no-sync: the cluster is a minute old and empty; the server itself syncs everything it writes later.
  await mustRun(join(binFolder, 'initdb'), ['-D', data, ...options, '--locale=C.UTF-8', '--no-sync'], asUser);
  rmSync(passwordFile);
  const single = { ...asUser, input: `CREATE DATABASE billing;\n${ownerStatements(passwords.owner)}` };
  await mustRun(join(binFolder, 'postgres'), ['--single', '-D', data, '-c', 'fsync=off', 'postgres'], single);
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {ProgramOptions} options
 */
async function mustRun(command, args, options) {
  const { code, output } = await runCommand(command, args, options);
  options.signal.throwIfAborted();
  if (code !== 0) throw new Error(`${command} failed:\n${lastLines(output)}`);
}

/** Our environment without what would steer PostgreSQL's programs elsewhere. */
function environment() {
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PG')));
  return { ...postgresEnvironment, ...own };
}
