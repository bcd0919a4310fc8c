import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { undoInterruptedInstallation } from '../services/apt.mjs';
import { lastLines, run as runCommand } from './commands.mjs';
import { localFolder, projectFolder, runningFile, runsFolder } from './paths.mjs';
import { groupIsAlive, isAlive, signalGroup, signalOne, startTimeOf } from './processes.mjs';
import { until } from './wait.mjs';

const finishedRunsKept = 10;
const killAfterMs = 30_000;

/**
 * @typedef {object} ChildRecord
 * @property {string} name
 * @property {number} pid
 * @property {string | undefined} startTime
 * @property {NodeJS.Signals} stopSignal
 * @property {boolean} stopsGroup
 */

/**
 * @typedef {object} Child
 * @property {string} name
 * @property {number} pid
 * @property {string} logFile
 * @property {Promise<number | null>} exited
 * @property {() => { code: number | null } | undefined} ended undefined while it runs
 * @property {(count?: number) => string} tail the last lines of its log
 * @property {() => Promise<void>} stop
 */

/**
 * A command that undoes something.
 * @typedef {{ command: string, args: readonly string[] }} Undo
 */

/**
 * The record of a run.
 * @typedef {object} RunRecord
 * @property {number} pid
 * @property {string | undefined} startTime
 * @property {ChildRecord[]} children
 * @property {string[]} temporary
 * @property {Undo[]} undo
 */

/**
 * @typedef {object} SpawnOptions
 * @property {NodeJS.ProcessEnv} [env]
 * @property {string} [cwd]
 * @property {number} [uid]
 * @property {number} [gid]
 * @property {NodeJS.Signals} [stopSignal]
 * @property {boolean} [stopsGroup]
 * @property {'log' | 'inherit'} [output]
 */

/**
 * One run of the local stack: its folder, its processes, and what must be undone at the end. The run writes everything
 * that it starts to run.json, so that a later run can clean up after a killed one.
 */
export class Run {
  /** @type {Child[]} */ #children = [];
  /** @type {ChildRecord[]} */ #records = [];
  /** @type {string[]} */ #temporary = [];
  /** @type {Undo[]} */ #undo = [];
  /** @type {(() => Promise<unknown> | void)[]} */ #cleanups = [];
  /** @type {Promise<void> | undefined} */ #stopping;
  /** @type {Promise<unknown>} */ #uninterruptible = Promise.resolve();
  #abort = new AbortController();

  constructor() {
    setMaxListeners(0, this.#abort.signal); // many waits at once
    this.id = `${new Date()
      .toISOString()
      .replaceAll(/[-:]|\..*/g, '')
      .replace('T', '-')}-${randomBytes(3).toString('hex')}`;
    this.folder = join(runsFolder, this.id);
    this.startTime = startTimeOf(process.pid);
    for (const folder of ['', 'logs', 'out']) {
      mkdirSync(join(this.folder, folder), { recursive: true });
      // PostgreSQL and RabbitMQ, as users of their own, pass through; what a demo downloads is of its caller alone.
      chmodSync(join(this.folder, folder), folder === 'out' ? 0o700 : 0o755);
    }
    this.#save();
  }

  /** Aborted as soon as the run begins to stop. */
  get signal() {
    return this.#abort.signal;
  }

  /** A short name that no other checkout or run has. */
  get uniqueName() {
    return createHash('sha256').update(`${projectFolder} ${this.id}`).digest('hex').slice(0, 10);
  }

  /** Keeps a folder only as long as the run. @param {string} folder */
  addTemporary(folder) {
    this.#temporary.push(folder);
    this.#save();
  }

  /**
   * Work that must not be cut off, a package installation for example: stopping waits for it.
   * @template T
   * @param {Promise<T>} work
   */
  finishBeforeStop(work) {
    this.#uninterruptible = Promise.allSettled([this.#uninterruptible, work]);
    return work;
  }

  /**
   * A command that undoes something at the end, after all processes have stopped. On record, so that a later run can do
   * it for this one.
   * @param {string} command
   * @param {readonly string[]} args
   */
  addUndo(command, args) {
    this.#undo.push({ command, args });
    this.#save();
  }

  /**
   * Does something at the end, after the processes that were started later have stopped.
   * @param {() => Promise<unknown> | void} cleanup
   */
  addCleanup(cleanup) {
    this.#cleanups.push(cleanup);
  }

  /**
   * Starts a process in a group of its own; its output goes to logs/<name>.log.
   * @param {string} name
   * @param {string} command
   * @param {readonly string[]} args
   * @param {SpawnOptions} [options]
   * @returns {Child}
   */
  spawn(name, command, args, options = {}) {
    this.signal.throwIfAborted();
    const { stopSignal = 'SIGTERM', stopsGroup = true, output = 'log', ...rest } = options;
    const logFile = join(this.folder, 'logs', `${name}.log`);
    const logDescriptor = openSync(logFile, 'a');
    const to = output === 'inherit' ? 'inherit' : logDescriptor;
    const started = spawn(command, args, { ...rest, detached: true, stdio: ['ignore', to, to] });
    closeSync(logDescriptor);

    /** @type {{ code: number | null } | undefined} */ let end;
    /** @type {Promise<number | null>} */
    const exited = new Promise((resolve) => {
      started.once('error', (error) => {
        writeFileSync(logFile, `${error.message}\n`, { flag: 'a' });
        end = { code: null };
        resolve(null);
      });
      started.once('exit', (code) => {
        end = { code };
        resolve(code);
      });
    });
    const pid = started.pid ?? -1;
    const record = { name, pid, startTime: pid === -1 ? undefined : startTimeOf(pid), stopSignal, stopsGroup };
    /** @type {Child} */
    const child = {
      name,
      pid,
      logFile,
      exited,
      ended: () => end,
      tail: (count) => lastLines(readFileSync(logFile, 'utf8'), count),
      stop: async () => {
        if (pid !== -1) await stopProcess(record);
        await exited;
      },
    };
    this.#records.push(record);
    this.#children.push(child);
    this.#save();
    return child;
  }

  /** Stops everything, latest first, and removes what was temporary. Safe to call twice. */
  stop() {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /** Kills at once, without grace. */
  kill() {
    for (const record of this.#records) if (groupIsAlive(record)) signalGroup(record.pid, 'SIGKILL');
  }

  async #stop() {
    this.#abort.abort(new Error('the local stack is stopping'));
    await this.#uninterruptible;
    const apps = this.#children.filter(({ name }) => !services.has(name));
    await Promise.all(apps.map((child) => child.stop()));
    await Promise.all(this.#children.map((child) => child.stop()));
    for (const cleanup of this.#cleanups.toReversed()) await cleanup();
    await undoAll(this.#undo);
    for (const folder of this.#temporary) rmSync(folder, { recursive: true, force: true });
    rmSync(join(this.folder, 'run.json'), { force: true });
  }

  #save() {
    const content = {
      pid: process.pid,
      startTime: this.startTime,
      children: this.#records,
      temporary: this.#temporary,
      undo: this.#undo,
    };
    writeJson(join(this.folder, 'run.json'), content);
  }
}

/** Stopped last: the apps need them to put their work back. */
const services = new Set(['postgres', 'rabbitmq', 'epmd', 'mail-sink']);

/** @param {ChildRecord} record */
async function stopProcess(record) {
  const alive = () => (record.stopsGroup ? groupIsAlive(record) : isAlive(record));
  if (!alive()) return;
  if (record.stopsGroup) signalGroup(record.pid, record.stopSignal);
  else signalOne(record.pid, record.stopSignal);
  const ended = await until(() => !alive(), { timeoutMs: killAfterMs, intervalMs: 25, what: record.name }).catch(
    () => false,
  );
  if (!ended) {
    signalGroup(record.pid, 'SIGKILL');
    await until(() => !isAlive(record), { timeoutMs: 5000, intervalMs: 25, what: `${record.name} after SIGKILL` });
  }
}

/**
 * Ends the processes that a killed run left behind: only those whose pid and start time are recorded. Also forgets the
 * oldest finished runs.
 * @param {import('./log.mjs').Log} log
 */
export async function cleanStaleRuns(log) {
  if (!existsSync(runsFolder)) return;
  const finished = [];
  for (const name of readdirSync(runsFolder).toSorted()) {
    const folder = join(runsFolder, name);
    const record = readJson(join(folder, 'run.json'));
    if (record === undefined) finished.push(folder);
    else if (!isAlive(record)) {
      log.info(`Cleaning up after run ${name}, which was killed …`);
      await cleanStaleRun(folder, record);
      finished.push(folder);
    }
  }
  for (const folder of finished.slice(0, -finishedRunsKept)) rmSync(folder, { recursive: true, force: true });
}

/**
 * @param {string} folder
 * @param {RunRecord} record
 */
async function cleanStaleRun(folder, record) {
  const left = record.children.filter(groupIsAlive);
  await Promise.all(left.filter((/** @type {{ name: string }} */ { name }) => !services.has(name)).map(stopProcess));
  await Promise.all(left.map(stopProcess));
  await undoAll(record.undo);
  undoInterruptedInstallation();
  for (const temporary of record.temporary) rmSync(temporary, { recursive: true, force: true });
  rmSync(join(folder, 'run.json'), { force: true });
}

/**
 * One that fails must not keep the rest from being undone.
 * @param {readonly Undo[]} commands
 */
async function undoAll(commands) {
  for (const { command, args } of commands) {
    const { code, output } = await runCommand(command, args);
    if (code !== 0) process.stderr.write(`${[command, ...args].join(' ')} failed:\n${lastLines(output)}\n`);
  }
}

/** The stack of this checkout that `npm start` or `--keep` runs, if there is one. */
export function readRunning() {
  const record = readJson(runningFile);
  return record !== undefined && isAlive(record) ? record : undefined;
}

/** @param {Run} run @param {Record<string, unknown>} addresses */
export function announceRunning(run, addresses) {
  writeJson(runningFile, { pid: process.pid, startTime: run.startTime, folder: run.folder, ...addresses });
  run.addCleanup(() => rmSync(runningFile, { force: true }));
}

/** @param {string} path @returns {any} undefined when absent or cut short */
export function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Writes a file so that a reader never sees a half of it.
 * @param {string} path
 * @param {unknown} value
 */
export function writeJson(path, value) {
  mkdirSync(localFolder, { recursive: true });
  const draft = `${path}.${String(process.pid)}.tmp`;
  writeFileSync(draft, JSON.stringify(value, undefined, 2), { mode: 0o600 });
  renameSync(draft, path);
}
