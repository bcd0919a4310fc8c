import { expect, test } from 'vitest';
import { addDays, daysBetween } from '#calendar';
import { date } from './accounts.fixture.ts';
import {
  DUE_DATE_DAYS_AHEAD_MAX,
  DUE_DATE_DAYS_BACK_MAX,
  DUE_DATE_MIN,
  dueDateOf,
  fatorVencimento,
} from './due-date.ts';

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

test('a day before 2000-07-03 has no factor', () => {
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

test('every day to 2060-12-31 is read back from its factor anywhere in its window', () => {
  const last = date('2060-12-31');
  for (let day = DUE_DATE_MIN; day <= last; day = addDays(day, 1)) {
    const factor = fatorVencimento(day) ?? 0;
    for (const todayAt of [-DUE_DATE_DAYS_AHEAD_MAX, -1, 0, DUE_DATE_DAYS_BACK_MAX]) {
      const today = addDays(day, todayAt);
      if (dueDateOf(factor, today) !== day) throw new Error(`${factor.toString()} on ${today} should be ${day}`);
    }
  }
});

test('no factor gives a day outside the window, and 499 of 9000 give none', () => {
  for (const text of ['2024-11-21', '2026-11-21', '2049-10-13', '2060-01-01']) {
    const today = date(text);
    let inGuard = 0;
    for (let factor = 1000; factor <= 9999; factor += 1) {
      const day = dueDateOf(factor, today);
      if (day === undefined) inGuard += 1;
      else if (fatorVencimento(day) !== factor) throw new Error(`${factor.toString()} is not the factor of ${day}`);
      else if (daysBetween(today, day) > 5500 || daysBetween(day, today) > 3000) throw new Error(`${day} is outside`);
    }
    expect(inGuard).toBe(499);
  }
});

test.each([
  [9999, '2026-11-21', '2025-02-21'],
  [1000, '2026-11-21', '2025-02-22'],
  [1001, '2024-11-21', '2025-02-23'],
  [9999, '2045-01-01', '2049-10-13'],
  [1000, '2045-01-01', '2049-10-14'],
])('the factor %i on %s is %s', (factor, today, day) => {
  expect(dueDateOf(factor, date(today))).toBe(day);
});

test('a factor under 1000 or a day before 2000-07-03 gives no due date', () => {
  expect(dueDateOf(0, date('2026-11-21'))).toBeUndefined();
  expect(dueDateOf(999, date('1999-01-01'))).toBeUndefined();
  expect(dueDateOf(1000, date('1980-01-01'))).toBeUndefined();
  expect(dueDateOf(1000, date('2000-01-01'))).toBe('2000-07-03');
});
