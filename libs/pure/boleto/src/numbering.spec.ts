import { describe, expect, test } from 'vitest';
import type { CalendarDate } from '#calendar';
import { centavos } from '#money';
import { checkAccountYear, composeBoleto, firstNumberOn, numbersOfDay } from './compose.ts';

const day = (text: string) => text as CalendarDate;
const SICREDI = { bankCode: '748', agencia: '0156', posto: '05', codigoBeneficiario: '85305', carteira: '1' };
const ITAU = { bankCode: '341', agencia: '0057', conta: '12345', carteira: '109' };
const TERMS = { amount: centavos(8_000n), dueDate: day('2027-02-01') };

describe('sicredi-ano-errado', () => {
  test.each([
    ['2026-12-31', 26_000_007n, 26_000_007n],
    ['2027-01-01', 26_000_007n, 27_000_001n],
    ['2027-01-01', 27_000_002n, 27_000_002n],
    // A counter of a version that counted without the year.
    ['2026-06-01', 7n, 26_000_001n],
    ['2026-06-01', 26_799_991n, 26_799_991n],
    ['2026-06-01', 26_799_992n, undefined],
    ['2027-01-01', 26_799_993n, 27_000_001n],
  ])('on %s a counter at %s gives two numbers from %s', (today, next, first) => {
    expect(firstNumberOn(SICREDI, { day: day(today), next, count: 2 })).toBe(first);
  });

  test('a clock that was set back over the turn of the year gives no number', () => {
    expect(() => firstNumberOn(SICREDI, { day: day('2026-12-31'), next: 27_000_002n, count: 1 })).toThrow(
      /check the clock/,
    );
  });

  test('the printed year comes from the number, whatever the account says', () => {
    for (const account of [SICREDI, { ...SICREDI, ano: '26' }]) {
      expect(composeBoleto(account, { ...TERMS, sequence: 27_000_001n }).nossoNumero).toBe('27200001');
      expect(composeBoleto(account, { ...TERMS, sequence: 26_799_992n }).nossoNumero).toBe('26999999');
    }
    expect(composeBoleto({ ...SICREDI, ano: '26' }, { ...TERMS, sequence: 1n }).nossoNumero).toBe('26200001');
    for (const sequence of [1n, 26_000_000n, 26_799_993n, 100_000_001n]) {
      expect(() => composeBoleto(SICREDI, { ...TERMS, sequence })).toThrow(RangeError);
    }
  });

  test('an account may have the year of the day or none', () => {
    expect(checkAccountYear({ ...SICREDI, ano: '31' }, day('2026-11-28'))).toMatchObject([
      { field: 'ano', code: 'invalid' },
    ]);
    expect(checkAccountYear({ ...SICREDI, ano: '26' }, day('2026-12-31'))).toEqual([]);
    expect(checkAccountYear({ ...SICREDI, ano: '26' }, day('2027-01-01'))).toHaveLength(1);
    expect(checkAccountYear(SICREDI, day('2027-01-01'))).toEqual([]);
  });
});

test('a bank without years counts on to its last number', () => {
  expect(numbersOfDay(ITAU, day('2027-01-01'))).toEqual({ min: 1n, max: 99_999_999n, yearly: false });
  expect(firstNumberOn(ITAU, { day: day('2027-01-01'), next: 99_999_999n, count: 1 })).toBe(99_999_999n);
  expect(firstNumberOn(ITAU, { day: day('2027-01-01'), next: 99_999_999n, count: 2 })).toBeUndefined();
});
