import { addDays, dayNumber, daysBetween, parseIsoDate, type CalendarDate } from '#calendar';

function knownDate(text: string): CalendarDate {
  const date = parseIsoDate(text);
  if (date === undefined) throw new RangeError(`${text} is not a date`);
  return date;
}

/** The earliest due date with a fator de vencimento of four digits: factor 1000. */
export const DUE_DATE_MIN = knownDate('2000-07-03');

/**
 * Days from today to the latest due date. Factors repeat every 9,000 days. Readers expect a date in the window from
 * 3,000 days before today to 5,500 days after it (FEBRABAN), so they would read a later date as one long past.
 */
export const DUE_DATE_DAYS_AHEAD_MAX = 5_500;

/** Days from the earliest day that readers assign to a factor until today, in FEBRABAN's window. */
export const DUE_DATE_DAYS_BACK_MAX = 3_000;

const FACTOR_MIN = 1_000;
const FACTOR_CYCLE_DAYS = 9_000;

/**
 * The fator de vencimento, 1000 to 9999: days since 1997-10-07, which restart at 1000 after 9999 (on 2025-02-22,
 * 2049-10-14 …). Undefined before DUE_DATE_MIN.
 */
export function fatorVencimento(dueDate: CalendarDate): number | undefined {
  return fatorOfDay(dayNumber(dueDate));
}

const FIRST_DAY = dayNumber(DUE_DATE_MIN);

/** The fator de vencimento of a day, given as days since 1970-01-01. */
export function fatorOfDay(day: number): number | undefined {
  const days = day - FIRST_DAY;
  return days < 0 ? undefined : (days % FACTOR_CYCLE_DAYS) + FACTOR_MIN;
}

/**
 * The day that readers assign to a factor: the only one with this factor in FEBRABAN's window, from 3,000 days before
 * `today` to 5,500 days after it. Undefined for a factor under 1000. Undefined also for the 499 of 9,000 factors whose
 * day lies in the gap between the end of one window and the start of the next.
 */
export function dueDateOf(factor: number, today: CalendarDate): CalendarDate | undefined {
  if (factor < FACTOR_MIN) return undefined;
  const first = factor - FACTOR_MIN;
  const now = daysBetween(DUE_DATE_MIN, today);
  const cycles = Math.max(0, Math.ceil((now - DUE_DATE_DAYS_BACK_MAX - first) / FACTOR_CYCLE_DAYS));
  const days = first + cycles * FACTOR_CYCLE_DAYS;
  return days - now > DUE_DATE_DAYS_AHEAD_MAX ? undefined : addDays(DUE_DATE_MIN, days);
}
