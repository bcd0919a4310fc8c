import { parseIsoDate, type CalendarDate } from '#calendar';

const ZERO = 48;

/** True if the text has characters, all of them 0 to 9. */
export function isDigits(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) return false;
  }
  return text.length > 0;
}

/** True if the text has nothing but blanks. */
export function isBlank(text: string): boolean {
  return text.trimEnd().length === 0;
}

/** True for blanks and zeros, which banks write into a field that says nothing. */
export function saysNothing(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const each = text.charAt(at);
    if (each !== ' ' && each !== '0') return false;
  }
  return true;
}

/** Digits as centavos. Blanks are zero, as banks leave amounts blank that do not apply; other text is undefined. */
export function centavosOf(text: string): bigint | undefined {
  if (isBlank(text)) return 0n;
  return isDigits(text) ? BigInt(text) : undefined;
}

/** The order of a date's parts in a file. */
export type DateForm = 'DDMMAA' | 'DDMMAAAA' | 'AAAAMMDD';

/** Years of a bank file: two digits cannot tell others, and four digits beyond them show fields that moved. */
const YEAR_MIN = '1980';
const YEAR_MAX = '2079';

/** A day; null for blanks and zeros, undefined for text that is no day. */
export function dateOf(text: string, form: DateForm): CalendarDate | null | undefined {
  if (saysNothing(text)) return null;
  const day = parseIsoDate(isoOf(text, form));
  if (day === undefined) return undefined;
  const year = day.slice(0, 4);
  return year >= YEAR_MIN && year <= YEAR_MAX ? day : undefined;
}

function isoOf(text: string, form: DateForm): string {
  if (form === 'AAAAMMDD') return `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`;
  const year = text.slice(4);
  const century = year < '80' ? '20' : '19';
  return `${form === 'DDMMAA' ? century : ''}${year}-${text.slice(2, 4)}-${text.slice(0, 2)}`;
}

/** The form of a date by its length, unless the layout says another. */
export function formOf(length: number): DateForm {
  return length === 6 ? 'DDMMAA' : 'DDMMAAAA';
}
