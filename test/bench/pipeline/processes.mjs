// The resources that processes and the machine have used, from /proc. On systems without it the result is empty.
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** The unit of times in /proc, the same on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
const KIB_PER_MIB = 1024;

/** True if this system reports the resources of its processes. */
const canObserve = existsSync('/proc/self/stat');

/**
 * CPU seconds of processes, each with everything that descends from it, also what has ended by now.
 * @param {Record<string, number>} pids by name
 * @returns {Record<string, number>}
 */
export function cpuSecondsOf(pids) {
  if (!canObserve) return {};
  const table = processTable();
  const entries = Object.entries(pids).map(([name, pid]) => {
    const ticks = treeOf(table, pid).reduce((sum, each) => sum + table.get(each).ticks, 0);
    return [name, ticks / TICKS_PER_SECOND];
  });
  return Object.fromEntries(entries);
}

/** The pids of a process and of everything that descends from it. */
function treeOf(table, root) {
  if (!table.has(root)) return [];
  const tree = [root];
  for (const pid of tree) for (const child of table.get(pid).children) tree.push(child);
  return tree;
}

function processTable() {
  const table = new Map();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = readText(`/proc/${name}/stat`);
    if (stat === undefined) continue; // it ended just now
    // After the name in brackets, which may hold anything: state, ppid, …; the 12th to 15th are utime, stime, cutime,
    // cstime.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0);
    table.set(Number(name), { parent: Number(fields[1]), ticks, children: [] });
  }
  for (const [pid, { parent }] of table) table.get(parent)?.children.push(pid);
  return table;
}

/**
 * The most memory each process has ever held (VmHWM), in MiB; of a tree, that of its largest process.
 * @param {Record<string, number>} pids by name
 * @returns {Record<string, number>}
 */
export function peakMemoryOf(pids) {
  if (!canObserve) return {};
  const table = processTable();
  const entries = Object.entries(pids).map(([name, pid]) => {
    const peaks = treeOf(table, pid).map((each) => memoryFields(each).VmHWM ?? 0);
    return [name, Math.max(0, ...peaks)];
  });
  return Object.fromEntries(entries);
}

/**
 * MiB that a process and its children hold now: what is private of each, and the shared memory once. Asks the kernel
 * for the children: to look at every process of the machine once a second would itself take a hundredth of a core.
 *
 * @param {number} root
 */
export function memoryOfServer(root) {
  if (!canObserve) return 0;
  const children = (readText(`/proc/${String(root)}/task/${String(root)}/children`) ?? '').split(' ').filter(Boolean);
  const each = [root, ...children].map(memoryFields);
  return (
    each.reduce((sum, { RssAnon = 0 }) => sum + RssAnon, 0) + Math.max(0, ...each.map(({ RssShmem = 0 }) => RssShmem))
  );
}

function memoryFields(pid) {
  const text = readText(`/proc/${String(pid)}/status`) ?? '';
  const fields = [...text.matchAll(/^(VmHWM|RssAnon|RssShmem):\s+(\d+) kB$/gm)];
  return Object.fromEntries(fields.map(([, name, kib]) => [name, Number(kib) / KIB_PER_MIB]));
}

/** Seconds that the machine's cores were busy, waited for disks, were idle, or were taken away by a hypervisor. */
export function machineSeconds() {
  const text = canObserve ? readText('/proc/stat') : undefined;
  if (text === undefined) return undefined;
  const [user, nice, system, idle, iowait, irq, softirq, steal] = text
    .slice(0, text.indexOf('\n'))
    .split(/\s+/)
    .slice(1)
    .map((ticks) => Number(ticks) / TICKS_PER_SECOND);
  return { busy: user + nice + system + irq + softirq, iowait, idle, steal };
}

/** @param {Record<string, number>} after @param {Record<string, number>} before */
export function difference(after, before) {
  return Object.fromEntries(Object.entries(after).map(([name, value]) => [name, value - (before[name] ?? 0)]));
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
