import { parseBrDate, parseIsoDate, type CalendarDate } from '#calendar';

import { ReadingOpenError, type Dialect } from './dialect.ts';

const MONTHS = 12;
const SLASHED = /^\d\d\/\d\d\/\d{4}$/;

/** `02/03/2027`: in Brazil 2 March, in the United States 3 February. `05/05/2027` is one day. */
export function hasTwoReadings(first: number, second: number): boolean {
  return first <= MONTHS && second <= MONTHS && first !== second;
}

/** The date as the file writes dates; 'ambiguous' where the file writes them in both orders and it can be either. */
export function readDate(
  text: string,
  dialect: Pick<Dialect, 'date' | 'dateFixed' | 'dateOrder' | 'open'>,
): CalendarDate | 'ambiguous' | undefined {
  const { date, dateFixed } = dialect;
  const iso = dateFixed && date !== 'iso' ? undefined : parseIsoDate(text);
  if (iso !== undefined) return iso;
  if (dateFixed && date === 'iso') return undefined;
  return readSlashed(text, dialect);
}

function readSlashed(
  text: string,
  { date, dateFixed, dateOrder = 'br', open }: Pick<Dialect, 'date' | 'dateFixed' | 'dateOrder' | 'open'>,
): CalendarDate | 'ambiguous' | undefined {
  if (!SLASHED.test(text)) return undefined;
  const order = dateFixed ? date : dateOrder;
  if (hasTwoReadings(Number(text.slice(0, 2)), Number(text.slice(3, 5)))) {
    if (open?.includes('dates') === true) throw new ReadingOpenError('dates');
    if (order === 'both') return 'ambiguous';
    return order === 'us' ? parseUsDate(text) : parseBrDate(text);
  }
  if (dateFixed) return order === 'us' ? parseUsDate(text) : parseBrDate(text);
  // One of the two is no date.
  return parseBrDate(text) ?? (order === 'br' && open === undefined ? undefined : parseUsDate(text));
}

/** A real day written 'MM/DD/YYYY'. */
function parseUsDate(text: string): CalendarDate | undefined {
  return parseIsoDate(`${text.slice(6)}-${text.slice(0, 2)}-${text.slice(3, 5)}`);
}
