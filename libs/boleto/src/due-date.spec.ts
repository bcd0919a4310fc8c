import { expect, test } from 'vitest';

import { addDays, daysBetween, parseIsoDate, type CalendarDate } from '#calendar';

import { DUE_DATE_MIN, fatorVencimento } from './due-date.ts';

function date(text: string): CalendarDate {
  const parsed = parseIsoDate(text);
  if (parsed === undefined) throw new Error(`${text} is not a date`);
  return parsed;
}

test.each([
  ['2000-07-03', 1000],
  ['2000-07-04', 1001],
  ['2004-02-29', 2336],
  ['2018-01-02', 7392],
  ['2024-02-29', 9641],
  ['2025-02-21', 9999],
  ['2025-02-22', 1000],
  ['2025-02-23', 1001],
  ['2026-11-20', 1636],
  ['2049-10-13', 9999],
  ['2049-10-14', 1000],
])('%s has the factor %i', (dueDate, factor) => {
  expect(fatorVencimento(date(dueDate))).toBe(factor);
});

test('there is no factor before 2000-07-03', () => {
  expect(fatorVencimento(date('2000-07-02'))).toBeUndefined();
  expect(fatorVencimento(date('1997-10-07'))).toBeUndefined();
});

test('every day from 2000-07-03 to 2060-12-31 obeys the rule', () => {
  const last = date('2060-12-31');
  let expected = 1000;
  for (let day = DUE_DATE_MIN; day <= last; day = addDays(day, 1)) {
    if (fatorVencimento(day) !== expected) throw new Error(`${day} should have the factor ${expected.toString()}`);
    expected = expected === 9999 ? 1000 : expected + 1;
  }
  expect(expected - 1).toBe(1000 + (daysBetween(DUE_DATE_MIN, last) % 9000));
});
