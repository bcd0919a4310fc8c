// One upload through the whole system, watched from outside: from the first byte sent to the last boleto committed.
import { once } from 'node:events';
import { extname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Client } from 'pg';
import type { Log } from '#scripts/lib/run/log.mjs';
import { uploadFile } from '#scripts/lib/system/api-client.mjs';
import { keyHeader } from '#scripts/lib/system/api-key.mjs';
import type { Profile } from '../lib/context.ts';
import type { BenchFile, Expected } from './file.ts';
import { cpuSecondsOf, difference, machineSeconds, memoryOfServer, peakMemoryOf, type Numbers } from './processes.ts';
import type { BenchStack } from './stack.ts';
import type { Told } from './watch-api.ts';

/** The channel on which the database reports issued boletos; all else is polled. */
const PROGRESS_CHANNEL = 'billing_progress';
const DATABASE_POLL_MS = 250;
/** The channel does not report that a batch is completed. */
const COMPLETION_POLL_MS = 20;
const MEMORY_POLL_MS = 1_000;
/** PostgreSQL's processes tell what they did once a second. */
const COUNTERS_LAG_MS = 1_100;
/** A run that takes longer is stuck. */
const ROWS_PER_SECOND_MIN = 500;
const PATIENCE_MS = 120_000;

/** The committed work, read from the rows from which progress is computed. There is one batch in the database. */
const PROGRESS = {
  name: 'bench_progress',
  text: `select coalesce(sum(rows) filter (where stage = 'validate'), 0)::float8 as validated,
                coalesce(sum(accepted) filter (where stage = 'validate'), 0)::float8 as accepted,
                coalesce(sum(accepted) filter (where stage = 'issue'), 0)::float8 as issued,
                (select status from batches) as status
         from chunk_results`,
};

/** Seconds since the POST began. */
export interface Seconds {
  readonly uploaded: number;
  readonly firstBoleto: number;
  readonly validated: number;
  readonly issued: number;
  readonly completed: number;
}

interface Latency {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface Measurement {
  readonly batchId: string;
  readonly seconds: Seconds;
  /** How late such a time may be. */
  readonly pollSeconds: number;
  /** Latency of GET /v1/batches/{id} meanwhile. */
  readonly progressMs: Latency;
  /** Where what the API told went backwards or beyond the file. */
  readonly progressFaults: readonly string[];
  /** Seconds of each process. */
  readonly cpuSeconds: Numbers;
  /** Memory of each process. */
  readonly peakMib: Numbers;
  /** Seconds of all cores. */
  readonly machine: Numbers | undefined;
  /** Counters of PostgreSQL. */
  readonly server: Numbers;
}

export async function measurePipeline(
  stack: BenchStack,
  file: BenchFile,
  profile: Profile,
  log: Log,
): Promise<Measurement> {
  const client = await stack.connect();
  try {
    await client.query('checkpoint');
    await sleep(COUNTERS_LAG_MS); // or this checkpoint would be counted
    const before = { ...(await serverCounters(client)), cpu: cpuSecondsOf(stack.pids()), machine: machineSeconds() };
    const own = process.cpuUsage();
    const memory = watchMemory(stack);

    const startedAt = performance.now();
    const watch = watchDatabase(stack, { client, expected: file.expected, startedAt }, log);
    watch.catch(() => undefined); // awaited below, unless the upload fails first
    const { uploadApiUrl } = stack.system;
    const { body } = await uploadFile(`${uploadApiUrl}/v1/batches`, file.path, { profile }, stack.run.signal);
    const uploaded = secondsSince(startedAt);
    const api = watchApi(body.links.self, file.expected);
    const { pollSeconds, ...seconds } = await watch;

    const cpu = difference(cpuSecondsOf(stack.pids()), before.cpu);
    const machine = before.machine === undefined ? undefined : difference(machineSeconds() ?? {}, before.machine);
    const { user, system } = process.cpuUsage(own);
    const told = await api.stop();
    const postgresMib = memory.stop();
    await untilOutboxIsEmpty(client);
    return {
      batchId: body.id,
      seconds: { uploaded, ...seconds },
      pollSeconds,
      progressMs: told.latency,
      progressFaults: told.faults,
      cpuSeconds: { ...cpu, bench: (user + system) / 1e6 },
      peakMib: { ...peakMemoryOf(stack.pids()), postgres: postgresMib },
      machine,
      server: counted(await serverCounters(client), before),
    };
  } finally {
    await client.end();
  }
}

interface Watched {
  readonly client: Client;
  readonly expected: Expected;
  readonly startedAt: number;
}

async function watchDatabase(
  stack: BenchStack,
  { client, expected, startedAt }: Watched,
  log: Log,
): Promise<Omit<Seconds, 'uploaded'> & { readonly pollSeconds: number }> {
  const deadline = startedAt + PATIENCE_MS + (expected.read / ROWS_PER_SECOND_MIN) * 1000;
  const times: { firstBoleto?: number; validated?: number; issued?: number } = {};
  let pollSeconds = 0;
  let lastAt = startedAt;
  const progress = await listenFor(client, stack.run.signal);
  for (;;) {
    const { validated, accepted, issued, status } = await progressOf(client);
    const now = performance.now();
    const at = (now - startedAt) / 1000;
    if (issued > 0) times.firstBoleto ??= at;
    if (validated >= expected.read) times.validated ??= at;
    if (times.validated !== undefined && issued >= accepted) times.issued ??= at;
    pollSeconds = Math.max(pollSeconds, (now - lastAt) / 1000);
    lastAt = now;
    log.live([
      `  ${at.toFixed(1)} s: ${format(validated)} validated, ${format(issued)} issued of ${format(expected.read)}`,
    ]);
    if (times.issued !== undefined && status.startsWith('completed')) {
      const { firstBoleto = at, validated: allValidated = at, issued: allIssued } = times;
      return { firstBoleto, validated: allValidated, issued: allIssued, completed: at, pollSeconds };
    }
    if (status === 'failed' || now > deadline) {
      throw new Error(
        `the batch is ${status}: ${String(validated)} rows validated, ${String(issued)} boletos after ${at.toFixed(0)} s`,
      );
    }
    stack.mustBeAlive();
    await progress.next(times.issued === undefined ? DATABASE_POLL_MS : COMPLETION_POLL_MS);
  }
}

interface Progress {
  readonly validated: number;
  readonly accepted: number;
  readonly issued: number;
  readonly status: string;
}

async function progressOf(client: Client): Promise<Progress> {
  const [progress] = (await client.query<Progress>(PROGRESS)).rows;
  if (progress === undefined) throw new Error('the database tells no progress');
  return progress;
}

/** Waits until the database has reported new progress, or for a while. */
async function listenFor(
  client: Client,
  signal: AbortSignal,
): Promise<{ readonly next: (pollMs: number) => Promise<void> }> {
  let hasCome = false;
  let wake: AbortController | undefined;
  client.on('notification', () => {
    hasCome = true;
    wake?.abort();
  });
  await client.query(`listen ${PROGRESS_CHANNEL}`);
  return {
    next: async (pollMs: number) => {
      wake = new AbortController();
      const either = AbortSignal.any([signal, wake.signal]);
      if (!hasCome) await sleep(pollMs, undefined, { signal: either }).catch(() => undefined);
      signal.throwIfAborted();
      hasCome = false;
    },
  };
}

/**
 * Asks for the batch in a separate thread. This thread also queries the database and reads /proc, which blocks up to 25
 * ms once a second, and an answer would wait as long.
 */
function watchApi(
  url: string,
  expected: Expected,
): { readonly stop: () => Promise<{ readonly latency: Latency; readonly faults: readonly string[] }> } {
  const worker = new Worker(new URL(`watch-api${extname(import.meta.url)}`, import.meta.url), {
    workerData: { url, headers: keyHeader(url), expected },
  });
  const told = once(worker, 'message').then(([message]) => message as Told);
  told.catch(() => undefined); // looked at by stop()
  worker.unref(); // a run that fails stops the API, and so ends it
  return {
    stop: async () => {
      worker.ref();
      worker.postMessage('stop', []);
      const { times, faults } = await told;
      return { latency: percentiles(times), faults };
    },
  };
}

function percentiles(values: readonly number[]): Latency {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}

/** PostgreSQL's processes come and go with their connections, so their memory is looked at while they live. */
function watchMemory(stack: BenchStack): { readonly stop: () => number } {
  const { postgres = 0 } = stack.pids();
  let peak = 0;
  const look = (): void => {
    peak = Math.max(peak, memoryOfServer(postgres));
  };
  const timer = setInterval(look, MEMORY_POLL_MS);
  return {
    stop: () => {
      clearInterval(timer);
      look();
      return peak;
    },
  };
}

export async function serverCounters(client: Client): Promise<{ readonly counters: Numbers }> {
  const { rows } = await client.query<Record<string, string | null>>(
    `select pg_current_wal_insert_lsn() - '0/0' as wal_bytes, w.wal_fpi, w.wal_sync,
            c.checkpoints_timed + c.checkpoints_req as checkpoints,
            d.deadlocks, pg_database_size(current_database()) as database_bytes,
            (select n_tup_ins from pg_stat_user_tables where relname = 'outbox') as messages
     from pg_stat_wal w, pg_stat_bgwriter c, pg_stat_database d
     where d.datname = current_database()`,
  );
  return {
    counters: Object.fromEntries(Object.entries(rows[0] ?? {}).map(([name, value]) => [name, Number(value ?? 0)])),
  };
}

/** The growth of each counter; for deadlocks the total. */
export function counted({ counters }: { readonly counters: Numbers }, before: { readonly counters: Numbers }): Numbers {
  const grown = difference(counters, before.counters);
  return { ...grown, database_bytes: counters['database_bytes'] ?? 0 };
}

async function untilOutboxIsEmpty(client: Client): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (Date.now() < deadline) {
    const { rows } = await client.query<{ waiting: number }>('select count(*)::int as waiting from outbox');
    if (rows[0]?.waiting === 0) break;
    await sleep(200);
  }
  await sleep(COUNTERS_LAG_MS);
}

function secondsSince(startedAt: number): number {
  return (performance.now() - startedAt) / 1000;
}

function format(count: number): string {
  return count.toLocaleString('en');
}
