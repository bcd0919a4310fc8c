import { parseIsoDate, type CalendarDate } from '#calendar';

/** A date of the calendar, written YYYY-MM-DD. */
export function dayOf(text: string): CalendarDate {
  const date = parseIsoDate(text);
  if (date === undefined) throw new Error(`${text} is not a date`);
  return date;
}
