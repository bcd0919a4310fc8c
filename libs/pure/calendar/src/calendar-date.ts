/**
 * A calendar day, 'YYYY-MM-DD', years 1900 to 2999, without a time or a time zone. Its text order is its date order.
 */
export type CalendarDate = string & { readonly __format: 'calendar-date' };

const YEAR_MIN = 1900;
const YEAR_MAX = 2999;
const DAY_MS = 86_400_000;

const DASH = 45;
const ZERO = 48;

function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** The digits of text[from..to) as a number; NaN if one of them is not 0 to 9. */
function numberAt(text: string, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i += 1) {
    const digit = text.charCodeAt(i) - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

// NaN fails every comparison, so a part that is not a number is refused here too.
function isDay(year: number, month: number, day: number): boolean {
  return (
    year >= YEAR_MIN && year <= YEAR_MAX && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month)
  );
}

/** A real day written exactly as 'YYYY-MM-DD' (no spaces, no time); undefined otherwise. */
export function parseIsoDate(text: string): CalendarDate | undefined {
  if (text.length !== 10 || text.charCodeAt(4) !== DASH || text.charCodeAt(7) !== DASH) return undefined;
  return isDay(numberAt(text, 0, 4), numberAt(text, 5, 7), numberAt(text, 8, 10)) ? (text as CalendarDate) : undefined;
}

/** '31/12/2026' */
export function formatBrDate(date: CalendarDate): string {
  return `${date.slice(8)}/${date.slice(5, 7)}/${date.slice(0, 4)}`;
}

/** Days since 1970-01-01, counted in UTC, where every day has 24 hours. */
export function dayNumber(date: CalendarDate): number {
  return Date.UTC(numberAt(date, 0, 4), numberAt(date, 5, 7) - 1, numberAt(date, 8, 10)) / DAY_MS;
}

/** The dayNumber of a day given in numbers, month and day from 1; NaN if the calendar has no such day. */
export function dayNumberOf(year: number, month: number, day: number): number {
  return isDay(year, month, day) ? Date.UTC(year, month - 1, day) / DAY_MS : Number.NaN;
}

/** The days from `from` to `to`; negative if `to` is earlier. */
export function daysBetween(from: CalendarDate, to: CalendarDate): number {
  return dayNumber(to) - dayNumber(from);
}

/** The day `days` (an integer) after `date`, or before it if negative. Throws RangeError outside 1900 to 2999. */
export function addDays(date: CalendarDate, days: number): CalendarDate {
  const moved = new Date((dayNumber(date) + days) * DAY_MS);
  const result = Number.isNaN(moved.getTime()) ? undefined : parseIsoDate(moved.toISOString().slice(0, 10));
  if (result === undefined || !Number.isInteger(days)) {
    throw new RangeError(`${date} plus ${days.toString()} days is not a date of the calendar`);
  }
  return result;
}

/** Formatters by time zone, because creating one takes longer than using it a thousand times. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatFor(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  formats.set(timeZone, format);
  return format;
}

/** The local date in `timeZone` (an IANA name) at the instant `now`. Throws RangeError for an unknown zone. */
export function calendarDateIn(timeZone: string, now: Date): CalendarDate {
  const parts = formatFor(timeZone).formatToParts(now);
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.find((each) => each.type === type)?.value ?? '';

  const date = parseIsoDate(`${part('year')}-${part('month')}-${part('day')}`);
  if (date === undefined) throw new RangeError(`${now.toISOString()} is not on the calendar`);
  return date;
}
