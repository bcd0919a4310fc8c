// A run in words and in numbers.
import { arch, cpus, release, totalmem } from 'node:os';

const MIB = 1_048_576;

/** @param {number[]} values @returns {{ median: number, min: number, max: number }} */
function spreadOf(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2;
  return { median, min: sorted[0], max: sorted.at(-1) };
}

/** @returns {string} what the numbers were measured on */
export function machine() {
  const [{ model }] = cpus();
  const gib = (totalmem() / 1024 ** 3).toFixed(0);
  return `${String(cpus().length)} × ${model.trim()} (${arch()}), ${gib} GiB, Linux ${release()}, Node ${process.version}`;
}

/** @returns {string[]} lines about one run */
export function describeRun({ measured, floor, faults, hash, rows, bytes, appNames }) {
  const { seconds, server, progressMs } = measured;
  const floorLine =
    floor === undefined
      ? []
      : [
          `  floor              ${fixed(floor.seconds)} s  ${rate(floor.rows, floor.seconds)}  PostgreSQL ${fixed(floor.cpuSeconds.postgres ?? 0)} CPU s, WAL ${mib(floor.server.wal_bytes)} MiB`,
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
    `  PostgreSQL         database ${mib(server.database_bytes)} MiB, WAL ${mib(server.wal_bytes)} MiB (${String(server.wal_fpi)} full pages), ${String(server.checkpoints)} checkpoints, ${String(server.deadlocks)} deadlocks`,
    `  messages           ${String(server.messages)} published, ${((server.messages / rows) * 1000).toFixed(2)} per 1,000 rows`,
    ...machineLine(measured),
    '',
    ...processTable(measured, rows, appNames),
    '',
    ...verdict([...faults, ...measured.progressFaults]),
    ...(hash === undefined ? [] : [`  content hash       ${hash}`]),
  ];
}

function machineLine({ machine: used }) {
  if (used === undefined) return [];
  const all = used.busy + used.idle + used.iowait + used.steal;
  const share = (value) => `${((100 * value) / all).toFixed(0)} %`;
  return [
    `  machine            busy ${share(used.busy)}, waiting for disk ${share(used.iowait)}, idle ${share(used.idle)}, stolen ${share(used.steal)}`,
  ];
}

function processTable({ cpuSeconds, peakMib }, rows, appNames) {
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

function verdict(faults) {
  if (faults.length === 0) {
    return [
      '  verified: identity, every row and centavo, no orphan, no deadlock, numbers without gap, 1,000 boletos recomposed',
    ];
  }
  return ['  NOT VERIFIED:', ...faults.map((fault) => `    ${fault}`)];
}

function medianOf(values) {
  return spreadOf(values).median;
}

/** The medians of several runs, all of which are verified. */
export function summarise(rows, runs) {
  const medians = (objects) =>
    Object.fromEntries(
      Object.keys(objects[0]).map((name) => [name, rounded(medianOf(objects.map((each) => each[name] ?? 0)))]),
    );
  const { uploaded, validated, issued } = medians(runs.map(({ measured }) => measured.seconds));
  const hasFloor = runs.every(({ floor }) => floor !== undefined);
  return {
    rows,
    seconds: { uploaded, validated, issued },
    floorSeconds: hasFloor ? rounded(medianOf(runs.map(({ floor }) => floor.seconds))) : null,
    ratio: hasFloor ? rounded(medianOf(runs.map(ratioOf))) : null,
    contentHashes: [...new Set(runs.flatMap(({ hash }) => hash ?? []))],
    verified: runs.every(({ faults, measured }) => faults.length === 0 && measured.progressFaults.length === 0),
    rssMb: medians(runs.map(({ measured, appNames }) => pick(measured.peakMib, appNames))),
    cpuSeconds: medians(runs.map(({ measured }) => measured.cpuSeconds)),
  };
}

function spreadLine(name, values) {
  const { median: middle, min, max } = spreadOf(values);
  return `  ${name.padEnd(19)}${fixed(middle)}  (${min.toFixed(2)} to ${max.toFixed(2)})`;
}

/** @returns {string[]} the spread of several runs */
export function describeSpread(runs) {
  const seconds = ['uploaded', 'validated', 'issued'].map((name) =>
    spreadLine(
      `${name}, s`,
      runs.map(({ measured }) => measured.seconds[name]),
    ),
  );
  if (runs.some(({ floor }) => floor === undefined)) return seconds;
  return [
    ...seconds,
    spreadLine(
      'floor, s',
      runs.map(({ floor }) => floor.seconds),
    ),
    spreadLine('ratio', runs.map(ratioOf)),
  ];
}

function ratioOf({ measured, floor }) {
  return measured.seconds.issued / floor.seconds;
}

function pick(object, names) {
  return Object.fromEntries(names.flatMap((name) => (object[name] === undefined ? [] : [[name, object[name]]])));
}

function rounded(value) {
  return Math.round(value * 100) / 100;
}

function fixed(value) {
  return value.toFixed(2).padStart(8);
}

function mib(bytes) {
  return (bytes / MIB).toFixed(0);
}

function rate(rows, seconds) {
  return `${Math.round(rows / seconds)
    .toLocaleString('en')
    .padStart(9)} rows/s`;
}
