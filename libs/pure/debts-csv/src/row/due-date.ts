import { parseIsoDate, type CalendarDate } from '#calendar';
import { ReadingOpenError, type Dialect } from '../dialect/dialect.ts';

/** Longer than any date with its time. */
const DATE_CHARS_MAX = 40;

/** A day in numbers, with one separator twice, and a time behind it. */
const DATE = /^(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})(?:[T\s]\s*(\S.*))?$/;
/** Midnight, which is what programs add to a day. A zone behind it could make another day of it. */
const MIDNIGHT = /^0{1,2}:00(?::00(?:[.,]0{1,9})?)?$/;
/** A spreadsheet's number of a day between 2000 and 2045. */
const SERIAL = /^[345]\d{4}(?:[.,]0+)?$/;

/** Why a cell says no day, with what to do about it; `example` is a date as the file writes them. */
export const DATE_MESSAGES = {
  missing: (example) => `Falta o vencimento. Escreva-o como ${example}.`,
  time: (example) => `O vencimento tem uma hora. Escreva só o dia, como ${example}.`,
  'short-year': (example) =>
    `O ano com dois dígitos pode ser lido de mais de um modo. Escreva-o com quatro, como ${example}.`,
  serial: (example) =>
    `A planilha gravou o vencimento como número. Formate a coluna como data, como ${example}, e exporte de novo.`,
  'no-date': (example) => `Não é uma data que existe. Escreva dia, mês e ano como ${example}.`,
} as const satisfies Readonly<Record<string, (example: string) => string>>;

export type DateReading =
  { readonly date: CalendarDate } | { readonly wrong: keyof typeof DATE_MESSAGES | 'two-orders' };

type DateDialect = Pick<Dialect, 'date' | 'dateFixed' | 'dateOrder' | 'open'>;

const MONTHS = 12;

/** `02/03/2027`: in Brazil 2 March, in the United States 3 February. `05/05/2027` is one day. */
export function hasTwoReadings(first: number, second: number): boolean {
  return first <= MONTHS && second <= MONTHS && first !== second;
}

/**
 * The day that a cell says, if there is one reading: with one-digit days and months, with any of `-`, `/` and `.`, with
 * midnight behind it. A year of two digits is read only if one order of its numbers is a day.
 * @throws ReadingOpenError when it depends on what the rest of the file says
 */
export function readDueDate(text: string, dialect: DateDialect): DateReading {
  if (text === '') return { wrong: 'missing' };
  if (text.length > DATE_CHARS_MAX) return { wrong: 'no-date' };
  const { date, dateFixed } = dialect;
  const usual = dateFixed && date !== 'iso' ? undefined : parseIsoDate(text);
  if (usual !== undefined) return { date: usual };
  const [, first = '', , second = '', third = '', time] = DATE.exec(text) ?? [];
  if (first === '') return { wrong: SERIAL.test(text) ? 'serial' : 'no-date' };

  const orders = ordersOf(first, second, third, dialect);
  if (orders === 'both') return { wrong: 'two-orders' };
  const read: Readonly<Record<Dialect['date'], CalendarDate | undefined>> = {
    iso: dayOf(first, second, third),
    br: dayOf(third, second, first),
    us: dayOf(third, first, second),
  };
  const [day, another] = new Set(orders.flatMap((order) => read[order] ?? []));
  if (day === undefined) return { wrong: 'no-date' };
  if (another !== undefined) return { wrong: 'short-year' };
  return time === undefined || MIDNIGHT.test(time) ? { date: day } : { wrong: 'time' };
}

/** The orders in which the three numbers may be read; 'both' when the file has two and these numbers fit in either. */
function ordersOf(
  first: string,
  second: string,
  third: string,
  { date, dateFixed, dateOrder = 'br', open }: DateDialect,
): readonly Dialect['date'][] | 'both' {
  const isShort = first.length <= 2 && third.length <= 2;
  if (dateFixed) return isShort || (date === 'iso' ? first : third).length === 4 ? [date] : [];
  // Nothing but the year's four digits says that a file is not an American one.
  if (isShort) return ['iso', 'br', 'us'];
  if (first.length === 4) return ['iso'];
  if (third.length !== 4) return [];
  if (!hasTwoReadings(Number(first), Number(second)))
    return dateOrder === 'br' && open === undefined ? ['br'] : ['br', 'us'];
  if (open?.includes('dates') === true) throw new ReadingOpenError('dates');
  return dateOrder === 'both' ? 'both' : [dateOrder];
}

/** A year of two digits is of this century: boletos began in 2000. */
function dayOf(year: string, month: string, day: string): CalendarDate | undefined {
  if ((year.length !== 2 && year.length !== 4) || day.length > 2) return undefined;
  return parseIsoDate(`${year.length === 2 ? `20${year}` : year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`);
}
