// A run in words and in numbers.
import { arch, cpus, release, totalmem } from 'node:os';
import type { Summary } from '../lib/rounds.ts';
import type { Floor } from './floor/floor.ts';
import type { Measurement, Seconds } from './measure.ts';
import type { Numbers } from './processes.ts';

const MIB = 1_048_576;

/** The result of one run. */
export interface RunResult {
  readonly measured: Measurement;
  readonly floor: Floor | undefined;
  readonly faults: readonly string[];
  readonly hash: string | undefined;
  readonly appNames: readonly string[];
}

/** The medians of several runs. */
export interface Medians {
  readonly rows: number;
  readonly seconds: { readonly uploaded: number; readonly validated: number; readonly issued: number };
  readonly floorSeconds: number | null;
  readonly ratio: number | null;
  readonly contentHashes: readonly string[];
  readonly verified: boolean;
  readonly rssMb: Numbers;
  readonly cpuSeconds: Numbers;
}

function spreadOf(values: readonly number[]): Summary {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number): number => sorted.at(index) ?? NaN;
  const middle = sorted.length / 2;
  return { median: (at(Math.ceil(middle) - 1) + at(Math.floor(middle))) / 2, min: at(0), max: at(-1) };
}

/** @returns what the numbers were measured on */
export function machine(): string {
  const [cpu] = cpus();
  const gib = (totalmem() / 1024 ** 3).toFixed(0);
  return `${String(cpus().length)} × ${cpu?.model.trim() ?? 'unknown processor'} (${arch()}), ${gib} GiB, Linux ${release()}, Node ${process.version}`;
}

/** @returns lines about one run */
export function describeRun(
  { measured, floor, faults, hash, appNames }: RunResult,
  { rows, bytes }: { readonly rows: number; readonly bytes: number },
): string[] {
  const { seconds, server, progressMs } = measured;
  const floorLine =
    floor === undefined
      ? []
      : [
          `  floor              ${fixed(floor.seconds)} s  ${rate(floor.rows, floor.seconds)}  PostgreSQL ${fixed(numberOf(floor.cpuSeconds, 'postgres'))} CPU s, WAL ${mib(numberOf(floor.server, 'wal_bytes'))} MiB`,
          `  ratio              ${(seconds.issued / floor.seconds).toFixed(2).padStart(8)}`,
        ];
  return [
    `  uploaded           ${fixed(seconds.uploaded)} s  ${rate(rows, seconds.uploaded)}  ${(bytes / MIB / seconds.uploaded).toFixed(0)} MiB/s`,
    `  first boleto       ${fixed(seconds.firstBoleto)} s  ${(seconds.firstBoleto - seconds.uploaded).toFixed(2)} s after the upload was answered`,
    `  validated          ${fixed(seconds.validated)} s  ${rate(rows, seconds.validated - seconds.uploaded)} after the upload`,
    `  issued             ${fixed(seconds.issued)} s  ${rate(rows, seconds.issued - seconds.uploaded)} after the upload`,
    `  batch completed    ${fixed(seconds.completed)} s  (looked at every ${measured.pollSeconds.toFixed(2)} s at worst)`,
    ...floorLine,
    `  GET /v1/batches/…  p50 ${progressMs.p50.toFixed(1)} ms, p99 ${progressMs.p99.toFixed(1)} ms, max ${progressMs.max.toFixed(1)} ms of ${String(progressMs.count)}`,
    `  PostgreSQL         database ${mib(numberOf(server, 'database_bytes'))} MiB, WAL ${mib(numberOf(server, 'wal_bytes'))} MiB (${String(numberOf(server, 'wal_fpi'))} full pages), ${String(numberOf(server, 'checkpoints'))} checkpoints, ${String(numberOf(server, 'deadlocks'))} deadlocks`,
    `  messages           ${String(numberOf(server, 'messages'))} published, ${((numberOf(server, 'messages') / rows) * 1000).toFixed(2)} per 1,000 rows`,
    ...machineLine(measured),
    '',
    ...processTable(measured, rows, appNames),
    '',
    ...verdict([...faults, ...measured.progressFaults]),
    ...(hash === undefined ? [] : [`  content hash       ${hash}`]),
  ];
}

function machineLine({ machine: used }: Measurement): string[] {
  if (used === undefined) return [];
  const all = ['busy', 'idle', 'iowait', 'steal'].reduce((sum, name) => sum + numberOf(used, name), 0);
  const share = (name: string): string => `${((100 * numberOf(used, name)) / all).toFixed(0)} %`;
  return [
    `  machine            busy ${share('busy')}, waiting for disk ${share('iowait')}, idle ${share('idle')}, stolen ${share('steal')}`,
  ];
}

function processTable({ cpuSeconds, peakMib }: Measurement, rows: number, appNames: readonly string[]): string[] {
  const header = `  ${'process'.padEnd(22)}${'CPU s'.padStart(8)}${'µs a row'.padStart(10)}${'peak MiB'.padStart(10)}`;
  const names = [...appNames, ...Object.keys(cpuSeconds).filter((name) => !appNames.includes(name))];
  const lines = names.map((name) => {
    const seconds = cpuSeconds[name] ?? 0;
    const peak = peakMib[name];
    return `  ${name.padEnd(22)}${seconds.toFixed(2).padStart(8)}${((seconds / rows) * 1e6).toFixed(1).padStart(10)}${(peak === undefined ? '' : peak.toFixed(0)).padStart(10)}`;
  });
  const all = Object.values(cpuSeconds).reduce((sum, seconds) => sum + seconds, 0);
  return [
    header,
    ...lines,
    `  ${'all'.padEnd(22)}${all.toFixed(2).padStart(8)}${((all / rows) * 1e6).toFixed(1).padStart(10)}`,
  ];
}

function verdict(faults: readonly string[]): string[] {
  if (faults.length === 0) {
    return [
      '  verified: identity, every row and centavo, no orphan, no deadlock, numbers without gap, 1,000 boletos recomposed',
    ];
  }
  return ['  NOT VERIFIED:', ...faults.map((fault) => `    ${fault}`)];
}

function medianOf(values: readonly number[]): number {
  return spreadOf(values).median;
}

/** The median of each number, by its name. */
function medians(objects: readonly Numbers[]): Numbers {
  return Object.fromEntries(
    Object.keys(objects[0] ?? {}).map((name) => [name, rounded(medianOf(objects.map((each) => each[name] ?? 0)))]),
  );
}

/** The medians of several runs, all of which are verified. */
export function summarise(rows: number, runs: readonly RunResult[]): Medians {
  const floors = runs.flatMap(({ floor }) => floor ?? []);
  const hasFloor = floors.length === runs.length;
  const median = (name: keyof Seconds): number => rounded(medianOf(runs.map(({ measured }) => measured.seconds[name])));
  return {
    rows,
    seconds: { uploaded: median('uploaded'), validated: median('validated'), issued: median('issued') },
    floorSeconds: hasFloor ? rounded(medianOf(floors.map(({ seconds }) => seconds))) : null,
    ratio: hasFloor ? rounded(medianOf(runs.map(ratioOf))) : null,
    contentHashes: [...new Set(runs.flatMap(({ hash }) => hash ?? []))],
    verified: runs.every(({ faults, measured }) => faults.length === 0 && measured.progressFaults.length === 0),
    rssMb: medians(runs.map(({ measured, appNames }) => pick(measured.peakMib, appNames))),
    cpuSeconds: medians(runs.map(({ measured }) => measured.cpuSeconds)),
  };
}

function spreadLine(name: string, values: readonly number[]): string {
  const { median: middle, min, max } = spreadOf(values);
  return `  ${name.padEnd(19)}${fixed(middle)}  (${min.toFixed(2)} to ${max.toFixed(2)})`;
}

/** @returns the spread of several runs */
export function describeSpread(runs: readonly RunResult[]): string[] {
  const names = ['uploaded', 'validated', 'issued'] as const;
  const seconds = names.map((name) =>
    spreadLine(
      `${name}, s`,
      runs.map(({ measured }) => measured.seconds[name]),
    ),
  );
  const floors = runs.flatMap(({ floor }) => floor ?? []);
  if (floors.length < runs.length) return seconds;
  return [
    ...seconds,
    spreadLine(
      'floor, s',
      floors.map((floor) => floor.seconds),
    ),
    spreadLine('ratio', runs.map(ratioOf)),
  ];
}

function ratioOf({ measured, floor }: RunResult): number {
  return measured.seconds.issued / (floor?.seconds ?? NaN);
}

function pick(object: Numbers, names: readonly string[]): Numbers {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = object[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function numberOf(numbers: Numbers, name: string): number {
  return numbers[name] ?? 0;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

function fixed(value: number): string {
  return value.toFixed(2).padStart(8);
}

function mib(bytes: number): string {
  return (bytes / MIB).toFixed(0);
}

function rate(rows: number, seconds: number): string {
  return `${Math.round(rows / seconds)
    .toLocaleString('en')
    .padStart(9)} rows/s`;
}
