import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from './errors.mjs';
import { localFolder } from './paths.mjs';
import { isAlive, startTimeOf } from './processes.mjs';
import { readJson } from './run.mjs';
import { until } from './wait.mjs';

/**
 * Work that two scripts of one checkout must not do at the same time. A lock whose holder died is taken over.
 * @template T
 * @param {string} name
 * @param {{ log: import('./log.mjs').Log, signal: AbortSignal }} context
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(name, { log, signal }, work) {
  mkdirSync(localFolder, { recursive: true });
  const path = join(localFolder, `${name}.lock`);
  let announced = false;
  const take = () => {
    if (tryTake(path)) return true;
    if (!announced) log.info(`Waiting for another run of this checkout (${name}) …`);
    announced = true;
    return false;
  };
  await until(take, { timeoutMs: 600_000, intervalMs: 250, signal, what: path });
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** @param {string} path */
function tryTake(path) {
  try {
    writeFileSync(path, JSON.stringify({ pid: process.pid, startTime: startTimeOf(process.pid) }), { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    const holder = readJson(path);
    if (holder !== undefined && !isAlive(holder)) rmSync(path, { force: true });
    return false;
  }
}
