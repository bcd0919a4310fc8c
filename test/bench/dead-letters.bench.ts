// Very many dead letters: looked at, and replayed by five people at once. One effect each, in flat memory.
import { readFileSync } from 'node:fs';
import type { Log } from '#scripts/lib/run/log.mjs';
import { until } from '#scripts/lib/run/wait.mjs';
import { patientRequest } from '#scripts/lib/system/patient-request.mjs';
import { countEffects, countEndedRows, countMessages, isAtRest, type Effect } from './dead-letters/checks.ts';
import { makeLetters, sharesOf, type Batches, type Shares, type Stack } from './dead-letters/make-letters.ts';
import type { BenchContext } from './lib/context.ts';
import { BenchStack } from './pipeline/stack.ts';

const PEOPLE = 5;
const PAGE = 500;
/** The most that the API takes: what limits the replay is the system. */
const PER_SECOND = 10_000;
const PATIENCE_MS = 3_600_000;

export async function benchDeadLetters({ log, run, options }: BenchContext): Promise<object> {
  const stack = await BenchStack.start(run, { validators: 1, generators: 1, statements: false }, log);
  stack.run.addTemporary(stack.system.mailbox);
  try {
    return await measure(stack, options.letters, log);
  } finally {
    await stack.stop();
  }
}

interface Result {
  readonly letters: number;
  readonly memoryMb: Record<string, number>;
  readonly seconds: Record<string, number>;
  /** The rows of the letters: how many, how fast, in how many messages. */
  ended?: { readonly rows: number; readonly perSecond: number; readonly messages: number };
}

/** A page of letters or of their groups. */
interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

/** The part of the API's answer to an action that is read here. */
interface Answer {
  readonly matched: number;
  readonly done: number;
}

type Client = <T>(path: string, body?: unknown) => Promise<T>;

async function measure(stack: BenchStack, letters: number, log: Log): Promise<object> {
  const shares = sharesOf(letters);
  log.info(`Making ${String(letters)} dead letters …`);
  const asked: Stack = { system: stack.system, query: async (sql, values) => await stack.query(sql, values) };
  const batches = await makeLetters(asked, shares);
  await stack.query('vacuum analyze');

  const { 'upload-api': pid = 0 } = stack.pids();
  const memory = (): number => residentMb(pid);
  const result: Result = { letters, memoryMb: { before: memory() }, seconds: {} };
  const timed = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const startedAt = performance.now();
    const value = await work();
    const seconds = round((performance.now() - startedAt) / 1000, 2);
    const memoryMb = memory();
    result.seconds[name] = seconds;
    result.memoryMb[name] = memoryMb;
    log.info(`  ${name.padEnd(32)}${String(seconds).padStart(9)} s${String(memoryMb).padStart(9)} MB`);
    return value;
  };

  log.info(`  ${'step'.padEnd(32)}${'time'.padStart(11)}${'upload-api'.padStart(12)}`);
  const client = clientOf(stack.system.billingApiUrl);
  const listed = await timed('list, all pages of 500', () => listAll(client));
  const { items: groups } = await timed('groups', () => client<Page<{ readonly count: number }>>('/groups?limit=500'));
  const { matched } = await timed('dry run', () => client<Answer>('/replay', { all: true, dryRun: true }));
  const rows = shares.rows + shares.debts;
  const [answers, rowsSeconds] = await Promise.all([
    timed(`replay, ${String(PEOPLE)} at once`, () =>
      Promise.all(
        Array.from({ length: PEOPLE }, () => client<Answer>('/replay', { all: true, perSecond: PER_SECOND })),
      ),
    ),
    secondsUntilEnded(stack, asked, batches, rows),
  ]);
  const ended = {
    rows,
    perSecond: round(rows / rowsSeconds, 0),
    messages: await countMessages(asked),
  };
  log.info(
    `  ${String(rows)} rows of letters had ended ${rowsSeconds.toFixed(1)} s after the replay began: ${String(ended.perSecond)} a second, in ${String(ended.messages)} messages`,
  );
  await timed('until all effects are there', () =>
    until(() => rest(stack, asked, batches, shares), {
      timeoutMs: PATIENCE_MS,
      intervalMs: 1_000,
      signal: stack.run.signal,
      what: 'the effects',
    }),
  );
  const again = await timed('replay of what is left', () =>
    client<Answer>('/replay', { all: true, perSecond: PER_SECOND }),
  );

  const effects: Effect[] = [
    { what: 'letters listed', expected: letters, found: listed },
    {
      what: 'letters in groups',
      expected: letters,
      found: groups.reduce((sum, { count }) => sum + count, 0),
    },
    { what: 'letters of the dry run', expected: letters, found: matched },
    {
      what: 'letters replayed, by the answers',
      expected: letters,
      found: answers.reduce((sum, { done }) => sum + done, 0),
    },
    { what: 'letters replayed once more', expected: 0, found: again.done },
    ...(await countEffects(asked, batches, shares)),
  ];
  return conclude({ ...result, ended }, effects, { answers, peakMb: residentMb(pid, 'VmHWM') }, log);
}

function conclude(
  result: Result,
  effects: readonly Effect[],
  { answers, peakMb }: { readonly answers: readonly Answer[]; readonly peakMb: number },
  log: Log,
): object {
  log.info(
    `  done by each of the ${String(PEOPLE)}: ${answers.map(({ done }) => String(done)).join(', ')}; upload-api held at most ${String(peakMb)} MB`,
  );
  for (const { what, expected, found } of effects) {
    log.info(
      `  ${what.padEnd(40)}${String(found).padStart(12)}  ${found === expected ? 'as expected' : `EXPECTED ${String(expected)}`}`,
    );
  }
  const wrong = effects.filter(({ expected, found }) => expected !== found).map(({ what }) => what);
  return {
    ...result,
    memoryMb: { ...result.memoryMb, peak: peakMb },
    doneByEach: answers.map(({ done }) => done),
    wrong,
    verified: wrong.length === 0,
  };
}

/** From now until the last row has its boleto; what was e-mailed by then does not count. */
async function secondsUntilEnded(stack: BenchStack, asked: Stack, batches: Batches, rows: number): Promise<number> {
  const startedAt = performance.now();
  const isOver = async (): Promise<boolean> => {
    stack.mustBeAlive();
    return (await countEndedRows(asked, batches)) === rows;
  };
  await until(isOver, { timeoutMs: PATIENCE_MS, intervalMs: 200, signal: stack.run.signal, what: 'the rows' });
  return (performance.now() - startedAt) / 1000;
}

async function rest(stack: BenchStack, asked: Stack, batches: Batches, shares: Shares): Promise<boolean> {
  stack.mustBeAlive();
  return isAtRest(asked, batches, shares);
}

async function listAll(client: Client): Promise<number> {
  let count = 0;
  for (let cursor = ''; ;) {
    const { items, nextCursor } = await client<Page<unknown>>(`?limit=${String(PAGE)}${cursor}`);
    count += items.length;
    if (nextCursor === null) return count;
    cursor = `&cursor=${nextCursor}`;
  }
}

function clientOf(billingApiUrl: string): Client {
  return async <T>(path: string, body?: unknown) => {
    const { ok, status, text } = await patientRequest(`${billingApiUrl}/v1/dead-letters${path}`, {
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      headers: { 'content-type': 'application/json' },
    });
    if (!ok) throw new Error(`${path} answered ${String(status)}: ${text}`);
    return JSON.parse(text) as T;
  };
}

function residentMb(pid: number, field = 'VmRSS'): number {
  const kilobytes = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(
    readFileSync(`/proc/${String(pid)}/status`, 'utf8'),
  );
  return round(Number(kilobytes?.[1] ?? 0) / 1024, 0);
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
