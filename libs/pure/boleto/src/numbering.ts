import type { CalendarDate } from '#calendar';

/**
 * If the numbers begin again each year (Sicredi), the counter of the account holds year × YEAR + number, so that it
 * never goes back: 26000001 is the first number of 2026. A number below YEAR was assigned before this rule.
 */
const YEAR = 1_000_000n;
const YEARS = 100n;

export interface Numbers {
  readonly min: bigint;
  readonly max: bigint;
  readonly yearly: boolean;
}

/** The last two digits of the year. */
export function yearOf(day: CalendarDate): string {
  return day.slice(2, 4);
}

/** The numbers of the counter that belong to the day. */
export function numbersOn(
  { sequenceMax, yearly = false }: { readonly sequenceMax: bigint; readonly yearly?: boolean },
  day: CalendarDate,
): Numbers {
  const before = yearly ? BigInt(yearOf(day)) * YEAR : 0n;
  return { min: before + 1n, max: before + sequenceMax, yearly };
}

export function splitYear(sequence: bigint): { readonly year: string | undefined; readonly number: bigint } {
  const year = sequence / YEAR;
  if (year < 1n || year >= YEARS) return { year: undefined, number: sequence };
  return { year: year.toString().padStart(2, '0'), number: sequence % YEAR };
}

/**
 * The first of `count` numbers in the range of the day; undefined when fewer are left.
 *
 * @throws Error when the counter is in a later year. The clock is wrong then, and the part is tried again.
 */
export function firstNumber({ min, max, yearly }: Numbers, next: bigint, count: number): bigint | undefined {
  if (yearly && next / YEAR > max / YEAR) {
    throw new Error(`the counter of the account has reached year ${(next / YEAR).toString()}: check the clock`);
  }
  const first = next < min ? min : next;
  return first + BigInt(count) - 1n <= max ? first : undefined;
}
