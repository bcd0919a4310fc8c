// The resources that processes and the machine have used, from /proc. On systems without it the result is empty.
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** The unit of times in /proc, the same on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
const KIB_PER_MIB = 1024;

/** True if this system reports the resources of its processes. */
const canObserve = existsSync('/proc/self/stat');

interface Process {
  readonly parent: number;
  readonly ticks: number;
  readonly children: number[];
}

type ProcessTable = ReadonlyMap<number, Process>;

/** Numbers by the name of a process, or of what is counted. */
export type Numbers = Readonly<Record<string, number>>;

/**
 * CPU seconds of processes, each with everything that descends from it, also what has ended by now.
 * @param pids by name
 */
export function cpuSecondsOf(pids: Numbers): Numbers {
  if (!canObserve) return {};
  const table = processTable();
  const entries = Object.entries(pids).map(([name, pid]) => {
    const ticks = treeOf(table, pid).reduce((sum, each) => sum + (table.get(each)?.ticks ?? 0), 0);
    return [name, ticks / TICKS_PER_SECOND];
  });
  return Object.fromEntries(entries);
}

/** The pids of a process and of everything that descends from it. */
function treeOf(table: ProcessTable, root: number): number[] {
  if (!table.has(root)) return [];
  const tree = [root];
  for (const pid of tree) tree.push(...(table.get(pid)?.children ?? []));
  return tree;
}

function processTable(): ProcessTable {
  const table = new Map<number, Process>();
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
 * @param pids by name
 */
export function peakMemoryOf(pids: Numbers): Numbers {
  if (!canObserve) return {};
  const table = processTable();
  const entries = Object.entries(pids).map(([name, pid]) => {
    const peaks = treeOf(table, pid).map((each) => memoryFields(each)['VmHWM'] ?? 0);
    return [name, Math.max(0, ...peaks)];
  });
  return Object.fromEntries(entries);
}

/**
 * MiB that a process and its children hold now: what is private of each, and the shared memory once. Asks the kernel
 * for the children: to look at every process of the machine once a second would itself take a hundredth of a core.
 */
export function memoryOfServer(root: number): number {
  if (!canObserve) return 0;
  const children = (readText(`/proc/${String(root)}/task/${String(root)}/children`) ?? '').split(' ').filter(Boolean);
  const each = [root, ...children.map(Number)].map(memoryFields);
  return (
    each.reduce((sum, fields) => sum + (fields['RssAnon'] ?? 0), 0) +
    Math.max(0, ...each.map((fields) => fields['RssShmem'] ?? 0))
  );
}

function memoryFields(pid: number): Numbers {
  const text = readText(`/proc/${String(pid)}/status`) ?? '';
  const fields = [...text.matchAll(/^(VmHWM|RssAnon|RssShmem):\s+(\d+) kB$/gm)];
  return Object.fromEntries(fields.map(([, name = '', kib]) => [name, Number(kib) / KIB_PER_MIB]));
}

/** Seconds that the machine's cores were busy, waited for disks, were idle, or were taken away by a hypervisor. */
export function machineSeconds(): Numbers | undefined {
  const text = canObserve ? readText('/proc/stat') : undefined;
  if (text === undefined) return undefined;
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = text
    .slice(0, text.indexOf('\n'))
    .split(/\s+/)
    .slice(1)
    .map((ticks) => Number(ticks) / TICKS_PER_SECOND);
  return { busy: user + nice + system + irq + softirq, iowait, idle, steal };
}

export function difference(after: Numbers, before: Numbers): Numbers {
  return Object.fromEntries(Object.entries(after).map(([name, value]) => [name, value - (before[name] ?? 0)]));
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
