import { daysBetween, parseIsoDate, type CalendarDate } from '#calendar';

function knownDate(text: string): CalendarDate {
  const date = parseIsoDate(text);
  if (date === undefined) throw new RangeError(`${text} is not a date`);
  return date;
}

/** The earliest due date that has a fator de vencimento of four digits: factor 1000. */
export const DUE_DATE_MIN = knownDate('2000-07-03');

/**
 * How far ahead of today a due date may lie. Factors repeat every 9,000 days; readers take one for a date in the window
 * from 3,000 days back to 5,500 days ahead (FEBRABAN), so a later date would be read as one long past.
 */
export const DUE_DATE_DAYS_AHEAD_MAX = 5_500;

const FACTOR_MIN = 1_000;
const FACTOR_CYCLE_DAYS = 9_000;

/**
 * The fator de vencimento, 1000 to 9999: days since 1997-10-07, which begin again at 1000 after 9999 (on 2025-02-22,
 * 2049-10-14 …). Undefined before DUE_DATE_MIN.
 */
export function fatorVencimento(dueDate: CalendarDate): number | undefined {
  const days = daysBetween(DUE_DATE_MIN, dueDate);
  return days < 0 ? undefined : (days % FACTOR_CYCLE_DAYS) + FACTOR_MIN;
}
