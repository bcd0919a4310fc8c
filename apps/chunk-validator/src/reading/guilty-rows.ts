import { setImmediate } from 'node:timers/promises';
import { within } from './within.ts';

/** A row that needs longer is the guilty one. Rules take microseconds: only a fault of ours makes one so slow. */
const ROW_MS = 1_000;
/** Each has twice the time of the one before: on a machine with too much to do, the last has 32 seconds. */
const ATTEMPTS = 6;
/** Rows between two looks at other work of the process: the broker closes the connection of one that is silent. */
const ROWS_AT_ONCE = 200;

/**
 * The lines of those rows that `judge` does not get done with in a second. A process that was frozen or had no turn
 * spent none of that second on its row, which is tried again.
 */
export async function findGuiltyLines(
  lines: readonly number[],
  judge: (line: number) => void,
  rowMs = ROW_MS,
): Promise<ReadonlySet<number>> {
  const guilty = new Set<number>();
  let judged = 0;
  for (const line of lines) {
    const judgeLine = (): void => {
      judge(line);
    };
    if (within(rowMs, judgeLine) === undefined && (await isGuilty(judgeLine, rowMs))) guilty.add(line);
    judged += 1;
    if (judged % ROWS_AT_ONCE === 0) await setImmediate();
  }
  return guilty;
}

async function isGuilty(judgeLine: () => void, rowMs: number): Promise<boolean> {
  for (let attempt = 1; attempt < ATTEMPTS; attempt += 1) {
    await setImmediate();
    const before = process.cpuUsage();
    if (within(rowMs * 2 ** attempt, judgeLine) !== undefined) return false;
    if (process.cpuUsage(before).user / 1_000 >= rowMs) return true;
  }
  return true;
}
