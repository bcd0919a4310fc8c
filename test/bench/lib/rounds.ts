// The frame of every bench of a part: two sides that take turns, the median of their rounds, and a table.

import type { Log } from '#scripts/lib/run/log.mjs';

/** An odd number, so that the median is a round that happened. */
export const ROUNDS = 5;

export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/**
 * Runs the sides in turn, so that none has the machine's better minute, and the first round of each for nothing: the
 * compiler has seen everything once then.
 * @param sides each does its work once and gives a rate
 * @returns the rates of each side, a round after the other
 */
export async function alternate<Side extends string>(
  sides: Readonly<Record<Side, () => Promise<number> | number>>,
  rounds = ROUNDS,
): Promise<Record<Side, number[]>> {
  const all = (Object.entries(sides) as [Side, () => Promise<number> | number][]).map(([name, work]) => ({
    name,
    work,
    rates: [] as number[],
  }));
  for (let round = -1; round < rounds; round += 1) {
    for (const { work, rates } of all) {
      const rate = await work();
      if (round >= 0) rates.push(rate);
    }
  }
  return Object.fromEntries(all.map(({ name, rates }) => [name, rates])) as Record<Side, number[]>;
}

export function summarise(values: readonly number[]): Summary {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number): number => sorted.at(index) ?? NaN;
  return { median: at(Math.floor(sorted.length / 2)), min: at(0), max: at(-1) };
}

/** The ratios of each round, because a disturbance affects both sides of its round. */
export function ratioOf(rates: readonly number[], floorRates: readonly number[]): Summary {
  return summarise(rates.map((rate: number, round: number) => rate / (floorRates[round] ?? NaN)));
}

/**
 * `amount` a second of processor time, its garbage collector's threads included: what one core does, whatever else the
 * machine does meanwhile.
 */
export function rateOfCore(amount: number, work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (amount / (user + system)) * 1e6;
}

export function logLine(
  log: Pick<Log, 'info'>,
  name: string,
  summary: Summary,
  { digits, unit }: { readonly digits: number; readonly unit: string },
): void {
  const { median, min, max } = rounded(summary, digits);
  const shown = (value: number): string => value.toFixed(digits);
  log.info(`  ${name.padEnd(36)}${shown(median).padStart(9)} ${unit.padEnd(14)}(${shown(min)} to ${shown(max)})`);
}

/** For the JSON: the median and its spread, rounded. */
export function rounded({ median, min, max }: Summary, digits = 0): Summary {
  const round = (value: number): number => Number(value.toFixed(digits));
  return { median: round(median), min: round(min), max: round(max) };
}
