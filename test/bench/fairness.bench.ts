// A small file sent while a large one is running: how long does its sender wait?
import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CSV_HEADER } from '#debts-csv';
import type { Log } from '#scripts/lib/run/log.mjs';
import { UserError } from '#scripts/lib/run/user-error.mjs';
import { until } from '#scripts/lib/run/wait.mjs';
import { getJson, uploadFile } from '#scripts/lib/system/api-client.mjs';
import { rowOf } from '../rows.ts';
import { benchOrganizations } from './fairness/organizations.ts';
import type { BenchContext } from './lib/context.ts';
import { provideFile } from './pipeline/file.ts';
import { machine } from './pipeline/report.ts';
import { BenchStack } from './pipeline/stack.ts';

const SMALL_ROWS = 100;
/** From one small file to the next, whether or not the one before is completed. */
const EVERY_MS = 2_000;
const POLL_MS = 100;
const PATIENCE_MS = 1_800_000;
const GOAL_SECONDS = 5;
const HEADER = `${CSV_HEADER}\n`;
const ENDED = new Set(['completed', 'completed_with_rejections', 'failed', 'cancelled']);

/** @returns seconds from the start of each small upload until the API says that it is completed */
export async function benchFairness({ log, run, options }: BenchContext): Promise<object> {
  const { rows, validators, generators } = options;
  const file = await provideFile({ profile: 'lenient', rows }, log);
  const stack = await BenchStack.start(run, { validators, generators, statements: false }, log);
  try {
    log.info(
      `${machine()}\n${rows.toLocaleString('en')} rows, and ${String(SMALL_ROWS)} rows again and again meanwhile`,
    );
    const alone = await sendSmall(stack, 'alone');
    log.info(`  alone               ${alone.toFixed(2)} s`);
    const startedAt = performance.now();
    const big = await sendBig(stack, file.path);
    const watching = watch(stack, big, startedAt);
    const seconds = await sendWhile(stack, watching, log);
    const { bigSeconds, chunksInFlightMax } = await watching.ended;
    const small = report(log, { rows, smallRows: SMALL_ROWS, alone, seconds, bigSeconds, chunksInFlightMax });
    return { ...small, organizations: await benchOrganizations(stack, log) };
  } finally {
    await stack.stop();
  }
}

async function sendBig(stack: BenchStack, path: string): Promise<string> {
  const { signal } = stack.run;
  const { body } = await uploadFile(`${stack.system.uploadApiUrl}/v1/batches`, path, { profile: 'lenient' }, signal);
  await until(
    async () => {
      const rows = await stack.query('select 1 from boletos where batch_id = $1 limit 1', [body.id]);
      return rows.length > 0;
    },
    { timeoutMs: PATIENCE_MS, intervalMs: POLL_MS, signal, what: 'the first boletos' },
  );
  return body.id;
}

/** Follows the large batch to its end, and how much of it is on its way. */
interface Watching {
  readonly ended: Promise<{ readonly bigSeconds: number; readonly chunksInFlightMax: number }>;
  readonly isRunning: () => boolean;
}

function watch(stack: BenchStack, id: string, startedAt: number): Watching {
  const state = { isRunning: true };
  const ended = (async () => {
    let chunksInFlightMax = 0;
    while (state.isRunning) {
      stack.mustBeAlive();
      const row = await rowOf<{ status: string; flying: number }>(
        stack,
        `select b.status, (select count(*)::int from chunks c where c.batch_id = b.id and c.released_at is not null
                             and not exists (select 1 from chunk_results r
                                             where r.batch_id = c.batch_id and r.chunk_no = c.chunk_no and r.stage = 'issue'))
                as flying
         from batches b where b.id = $1`,
        [id],
      );
      chunksInFlightMax = Math.max(chunksInFlightMax, row.flying);
      state.isRunning = !ENDED.has(row.status);
      await sleep(POLL_MS, undefined, { signal: stack.run.signal });
    }
    return { bigSeconds: (performance.now() - startedAt) / 1000, chunksInFlightMax };
  })();
  ended.catch(() => {
    state.isRunning = false;
  });
  return { ended, isRunning: () => state.isRunning };
}

/** Only those that were completed before the large one count: the others had the machine for themselves. */
async function sendWhile(stack: BenchStack, { isRunning }: Watching, log: Log): Promise<number[]> {
  const sent: Promise<void>[] = [];
  const seconds: number[] = [];
  while (isRunning()) {
    sent.push(
      (async () => {
        const took = await sendSmall(stack, String(sent.length));
        if (!isRunning()) return;
        seconds.push(took);
        log.info(`  beside the large    ${took.toFixed(2)} s`);
      })(),
    );
    await sleep(EVERY_MS, undefined, { signal: stack.run.signal });
  }
  await Promise.all(sent);
  return seconds;
}

async function sendSmall(stack: BenchStack, name: string): Promise<number> {
  const { run, system } = stack;
  const path = join(run.folder, `small-${name}.csv`);
  const rows = Array.from(
    { length: SMALL_ROWS },
    () => `Ana Lima,1234,ana@example.com,10.50,2022-10-06,${randomUUID()}\n`,
  );
  writeFileSync(path, HEADER + rows.join(''));
  const startedAt = performance.now();
  const { body } = await uploadFile(`${system.uploadApiUrl}/v1/batches`, path, { profile: 'lenient' }, run.signal);
  const ended = await until(
    async () => {
      const batch = (await getJson(`${system.billingApiUrl}/v1/batches/${body.id}`, run.signal)) as {
        readonly status: string;
      };
      return ENDED.has(batch.status) && batch;
    },
    { timeoutMs: PATIENCE_MS, intervalMs: POLL_MS, signal: run.signal, what: `the batch ${name}` },
  );
  const seconds = (performance.now() - startedAt) / 1000;
  rmSync(path);
  if (ended.status !== 'completed') throw new Error(`a small batch is ${ended.status}`);
  return seconds;
}

function round(value: number | undefined): number | null {
  return value === undefined ? null : Number(value.toFixed(2));
}

interface Facts {
  readonly rows: number;
  readonly smallRows: number;
  readonly chunksInFlightMax: number;
  readonly alone: number;
  readonly seconds: readonly number[];
  readonly bigSeconds: number;
}

function report(log: Log, { seconds, alone, bigSeconds, ...facts }: Facts): object {
  if (seconds.length === 0) {
    throw new UserError(`The large file ended before a small one could be sent: ask for more rows than ${facts.rows}`);
  }
  const sorted = seconds.toSorted((a, b) => a - b);
  const result = {
    ...facts,
    bigSeconds: round(bigSeconds),
    aloneSeconds: round(alone),
    batches: sorted.length,
    medianSeconds: round(sorted[Math.floor(sorted.length / 2)]),
    maxSeconds: round(sorted.at(-1)),
    goalSeconds: GOAL_SECONDS,
  };
  log.info(
    `\n${String(result.batches)} small batches: median ${String(result.medianSeconds)} s, max ${String(result.maxSeconds)} s ` +
      `(goal ${String(GOAL_SECONDS)} s); the large one ${String(result.bigSeconds)} s, at most ` +
      `${String(result.chunksInFlightMax)} of its chunks in flight`,
  );
  return result;
}
