import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addDays,
  calendarDateIn,
  daysBetween,
  formatBrDate,
  parseIsoDate,
  type CalendarDate,
} from './calendar-date.ts';

function date(text: string): CalendarDate {
  const parsed = parseIsoDate(text);
  if (parsed === undefined) throw new Error(`${text} is not a date`);
  return parsed;
}

const anyDate = fc
  .nat(daysBetween(date('1900-01-01'), date('2999-12-31')))
  .map((days) => addDays(date('1900-01-01'), days));

describe('reading a date', () => {
  test.each(['2026-12-31', '2024-02-29', '2000-02-29', '1900-01-01', '2999-12-31'])('%s is a day', (text) => {
    expect(parseIsoDate(text)).toBe(text);
  });

  test.each([
    '',
    '2026-02-29',
    '2100-02-29',
    '2026-02-30',
    '2026-04-31',
    '2026-13-01',
    '2026-00-10',
    '2026-10-00',
    '1899-12-31',
    '3000-01-01',
    '2026-1-1',
    ' 2026-01-01',
    '2026-01-01T00:00:00Z',
    '2026/01/01',
    '26-01-01',
    '202a-01-01',
    '٢٠٢٦-٠١-٠١',
    '2026--1-01',
  ])('%j is not a day', (text) => {
    expect(parseIsoDate(text)).toBeUndefined();
  });

  test('the Brazilian form puts the day first', () => {
    fc.assert(
      fc.property(anyDate, (aDay) => {
        const [year, month, day] = aDay.split('-');
        expect(formatBrDate(aDay)).toBe(`${day ?? ''}/${month ?? ''}/${year ?? ''}`);
      }),
    );
  });
});

describe('counting days', () => {
  test('daysBetween counts days in either direction', () => {
    expect(daysBetween(date('2026-12-31'), date('2027-01-01'))).toBe(1);
    expect(daysBetween(date('1997-10-07'), date('2000-07-03'))).toBe(1000);
    expect(daysBetween(date('2024-03-01'), date('2024-02-28'))).toBe(-2);
  });

  test('no day is lost when the clocks change', () => {
    // Brazil's last daylight saving time began on 2018-11-04, at midnight.
    expect(addDays(date('2018-11-03'), 1)).toBe('2018-11-04');
    expect(daysBetween(date('2018-11-03'), date('2018-11-05'))).toBe(2);
  });

  test('adding the days between two dates leads from one to the other', () => {
    fc.assert(fc.property(anyDate, anyDate, (a, b) => addDays(a, daysBetween(a, b)) === b));
  });

  test('addDays refuses dates outside the calendar and fractions of days', () => {
    expect(() => addDays(date('2999-12-31'), 1)).toThrow(RangeError);
    expect(() => addDays(date('1900-01-01'), -1)).toThrow(RangeError);
    expect(() => addDays(date('2026-01-01'), 0.5)).toThrow(RangeError);
    expect(() => addDays(date('2026-01-01'), Number.MAX_VALUE)).toThrow(RangeError);
  });
});

describe('the date on the wall', () => {
  test('in São Paulo the day begins three hours after UTC', () => {
    expect(calendarDateIn('America/Sao_Paulo', new Date('2026-11-21T02:59:59Z'))).toBe('2026-11-20');
    expect(calendarDateIn('America/Sao_Paulo', new Date('2026-11-21T03:00:00Z'))).toBe('2026-11-21');
    expect(calendarDateIn('UTC', new Date('2026-11-21T02:59:59Z'))).toBe('2026-11-21');
  });

  test('an unknown time zone is an error', () => {
    expect(() => calendarDateIn('Brazil/Nowhere', new Date(0))).toThrow(RangeError);
  });
});
