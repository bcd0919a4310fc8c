import { expect, test } from 'vitest';
import type { CalendarDate } from '#calendar';
import { numberingOf } from './issuer-numbering.ts';

const SICREDI = { bankCode: '748', agencia: '0156', posto: '05', codigoBeneficiario: '85305', carteira: '1' };
const INTER = { bankCode: '077', agencia: '0001', operacao: '1234567', carteira: '112' };

test.each([
  ['2026-11-30', 26_000_041n, '41', null],
  ['2026-12-01', 26_000_041n, '41', 'A partir de 01/01/2027, os nossos números deste emissor começam com 27 e'],
  ['2026-12-31', 26_000_041n, '41', 'A partir de 01/01/2027, os nossos números deste emissor começam com 27 e'],
  ['2027-01-01', 26_000_041n, '1', null],
  ['2027-01-01', 27_000_003n, '3', null],
])(
  'sicredi-ano-errado: on %s the counter at %s has the number %s, and says before what changes',
  (day, next, number, notice) => {
    const numbering = numberingOf(SICREDI, next, day as CalendarDate);
    expect(numbering.nextNossoNumero).toBe(number);
    expect(numbering.notice?.split(' a contagem')[0] ?? null).toBe(notice);
  },
);

test('a bank without years counts on and says nothing', () => {
  expect(numberingOf(INTER, 26_000_041n, '2026-12-31' as CalendarDate)).toEqual({
    nextNossoNumero: '26000041',
    notice: null,
  });
});
