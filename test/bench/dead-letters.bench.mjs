// Very many dead letters: looked at, and replayed by five people at once. One effect each, in flat memory.
import { readFileSync } from 'node:fs';
import { patientRequest } from '../../scripts/lib/system/patient-request.mjs';
import { until } from '../../scripts/lib/run/wait.mjs';
import { countEffects, countEndedRows, countMessages, isAtRest } from './dead-letters/checks.mjs';
import { makeLetters, sharesOf } from './dead-letters/make-letters.mjs';
import { BenchStack } from './pipeline/stack.mjs';

const PEOPLE = 5;
const PAGE = 500;
/** The most that the API takes: what limits the replay is the system. */
const PER_SECOND = 10_000;
const PATIENCE_MS = 3_600_000;

/**
 * @param {{ log: { info: (text: string) => void }, run: import('../../scripts/lib/run/run.mjs').Run, options: {
 *   letters: number } }} context
 */
export async function benchDeadLetters({ log, run, options: { letters } }) {
  const stack = await BenchStack.start(run, { validators: 1, generators: 1, statements: false }, log);
  stack.run.addTemporary(stack.system.mailbox);
  try {
    return await measure(stack, letters, log);
  } finally {
    await stack.stop();
  }
}

async function measure(stack, letters, log) {
  const shares = sharesOf(letters);
  log.info(`Making ${String(letters)} dead letters …`);
  const asked = { system: stack.system, query: (sql, values) => stack.query(sql, values) };
  const batches = await makeLetters(asked, shares);
  await stack.query('vacuum analyze');

  const { 'upload-api': pid } = stack.pids();
  const memory = () => residentMb(pid);
  const result = { letters, memoryMb: { before: memory() }, seconds: {} };
  const timed = async (name, work) => {
    const startedAt = performance.now();
    const value = await work();
    result.seconds[name] = round((performance.now() - startedAt) / 1000, 2);
    result.memoryMb[name] = memory();
    log.info(
      `  ${name.padEnd(32)}${String(result.seconds[name]).padStart(9)} s${String(result.memoryMb[name]).padStart(9)} MB`,
    );
    return value;
  };

  log.info(`  ${'step'.padEnd(32)}${'time'.padStart(11)}${'upload-api'.padStart(12)}`);
  const client = clientOf(stack.system.billingApiUrl);
  const listed = await timed('list, all pages of 500', () => listAll(client));
  const { items: groups } = await timed('groups', () => client('/groups?limit=500'));
  const { matched } = await timed('dry run', () => client('/replay', { all: true, dryRun: true }));
  const rows = shares.rows + shares.debts;
  const [answers, rowsSeconds] = await Promise.all([
    timed(`replay, ${String(PEOPLE)} at once`, () =>
      Promise.all(Array.from({ length: PEOPLE }, () => client('/replay', { all: true, perSecond: PER_SECOND }))),
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
  const again = await timed('replay of what is left', () => client('/replay', { all: true, perSecond: PER_SECOND }));

  const effects = [
    { what: 'letters listed', expected: letters, found: listed },
    { what: 'letters in groups', expected: letters, found: groups.reduce((sum, { count }) => sum + count, 0) },
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

function conclude(result, effects, { answers, peakMb }, log) {
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
async function secondsUntilEnded(stack, asked, batches, rows) {
  const startedAt = performance.now();
  const isOver = async () => {
    stack.mustBeAlive();
    return (await countEndedRows(asked, batches)) === rows;
  };
  await until(isOver, { timeoutMs: PATIENCE_MS, intervalMs: 200, signal: stack.run.signal, what: 'the rows' });
  return (performance.now() - startedAt) / 1000;
}

async function rest(stack, asked, batches, shares) {
  stack.mustBeAlive();
  return isAtRest(asked, batches, shares);
}

async function listAll(client) {
  let count = 0;
  for (let cursor = ''; ;) {
    const { items, nextCursor } = await client(`?limit=${String(PAGE)}${cursor}`);
    count += items.length;
    if (nextCursor === null) return count;
    cursor = `&cursor=${nextCursor}`;
  }
}

function clientOf(billingApiUrl) {
  return async (path, body) => {
    const { ok, status, text } = await patientRequest(`${billingApiUrl}/v1/dead-letters${path}`, {
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      headers: { 'content-type': 'application/json', 'x-operator': 'bench' },
    });
    if (!ok) throw new Error(`${path} answered ${String(status)}: ${text}`);
    return JSON.parse(text);
  };
}

function residentMb(pid, field = 'VmRSS') {
  const kilobytes = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(
    readFileSync(`/proc/${String(pid)}/status`, 'utf8'),
  );
  return round(Number(kilobytes?.[1] ?? 0) / 1024, 0);
}

function round(value, digits) {
  return Number(value.toFixed(digits));
}
