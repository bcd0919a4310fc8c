import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { codeOf } from './errors.mjs';

/**
 * When a process started, in whatever form the system gives it: with the pid it names one process for ever, so that a
 * pid used again is never taken for the old process.
 * @param {number} pid
 * @returns {string | undefined} undefined: no such process (or a zombie)
 */
export function startTimeOf(pid) {
  if (process.platform === 'linux') {
    try {
      const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' ? undefined : `${bootId()} ${fields[19]}`;
    } catch {
      return undefined;
    }
  }
  const { status, stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
  return status === 0 && stdout.trim() !== '' ? stdout.trim() : undefined;
}

/** Start times on Linux count from the boot. */
function bootId() {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

/** @param {{ pid: number, startTime?: string | undefined }} record */
export function isAlive({ pid, startTime }) {
  return startTime !== undefined && startTimeOf(pid) === startTime;
}

/**
 * Signals a process group and, where the leader moved, the process itself. A group that is gone is fine.
 * @param {number} pid
 * @param {NodeJS.Signals} signal
 */
export function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error;
    signalOne(pid, signal); // it leads no group any more: one signal, never two
  }
}

/** @param {number} pid @param {NodeJS.Signals} signal */
export function signalOne(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error;
  }
}

/**
 * True if the process, or another process of the group that it led, still runs. A pid that now belongs to another
 * process does not count: while a group has members, the system does not reuse its number.
 * @param {{ pid: number, startTime?: string | undefined }} record
 */
export function groupIsAlive(record) {
  if (record.startTime === undefined) return false;
  const current = startTimeOf(record.pid);
  if (current !== undefined) return current === record.startTime;
  try {
    process.kill(-record.pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}
