import { z } from 'zod';

/** Controls and lone surrogates: PostgreSQL takes neither in a text or in JSON. */
const STORABLE = /^[^\p{Cc}\p{Cs}]*$/u;
/** The years that PostgreSQL, Date and an ISO text with a year of four digits all have. */
const YEAR_MIN = 1;
const YEAR_MAX = 9_999;

/** A free text of one line that can be stored and compared. Chain `.min` and `.max` onto it. */
export const oneLine = (): z.ZodString => z.string().regex(STORABLE, 'must be one line, without control characters');

/** An instant, written again in UTC: another offset, or the year 0, is ISO 8601 and no timestamptz. */
export const instant = z.iso.datetime({ offset: true }).transform((text, context): string => {
  const date = new Date(text);
  const year = date.getUTCFullYear();
  if (year >= YEAR_MIN && year <= YEAR_MAX) return date.toISOString();
  context.addIssue({ code: 'custom', message: 'must be of the years 0001 to 9999' });
  return z.NEVER;
});

/** Marks that turn the direction of the text after them, so that `\u202Evsc.exe` reads as another name. */
const UNSHOWABLE = /[\p{Cc}\p{Cs}\p{Bidi_Control}]/gu;

/** A client's text as it may be shown on a line. */
export function showable(text: string): string {
  return text.replaceAll(UNSHOWABLE, '').trim();
}
