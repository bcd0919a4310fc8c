import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays, dayNumber } from '#calendar';
import { centavos } from '#money';
import { ACCOUNTS } from './accounts.fixture.ts';
import { barcodeOf } from './barcode.ts';
import { BoletoCodes } from './codes.ts';
import { amountMax, composerFor, nossoNumeroMax, storedBoletoComposerFor } from './compose.ts';
import { DUE_DATE_MIN } from './due-date.ts';
import { linhaFromBarcode } from './linha-digitavel.ts';

test('the digits equal those of the texts, whatever was written before', () => {
  const codes = new BoletoCodes('237');
  const parts = fc.record({
    factor: fc.integer({ min: 1_000, max: 9_999 }),
    amount: fc.integer({ min: 0, max: 9_999_999_999 }),
    campoLivre: fc.stringMatching(/^\d{25}$/),
  });
  fc.assert(
    fc.property(parts, ({ factor, amount, campoLivre }) => {
      codes.write(factor, amount, campoLivre);
      const text = { factor: factor.toString(), amount: amount.toString().padStart(10, '0'), campoLivre };
      const barcode = barcodeOf({ bankCode: '237', ...text });
      expect(codes.codigoBarras.toString('latin1')).toBe(barcode);
      expect(codes.linhaDigitavel.toString('latin1')).toBe(linhaFromBarcode(barcode));
    }),
    { numRuns: 2_000 },
  );
});

test('a campo livre of another length is refused, because old digits would remain', () => {
  expect(() => {
    new BoletoCodes('237').write(1_000, 1, '1'.repeat(24));
  }).toThrow(RangeError);
});

describe.each(ACCOUNTS)('bank $bankCode', (account) => {
  const stored = storedBoletoComposerFor(account);
  const compose = composerFor(account);
  const max = nossoNumeroMax(account);

  test('the stored codes of a boleto are those that composerFor prints on it', () => {
    const debts = fc.record({
      sequence: fc.bigInt(1n, max),
      amount: fc.bigInt(1n, amountMax(account.bankCode)),
      dueDate: fc.nat(22_000).map((days) => addDays(DUE_DATE_MIN, days)),
    });
    fc.assert(
      fc.property(debts, ({ sequence, amount, dueDate }) => {
        const printed = compose({ sequence, amount: centavos(amount), dueDate });
        const { codes, nossoNumeroImpresso } = stored(sequence, {
          amount: Number(amount),
          dueDay: dayNumber(dueDate),
        });
        expect(codes.codigoBarras.toString('latin1')).toBe(printed.codigoBarras);
        expect(codes.linhaDigitavel.toString('latin1')).toBe(printed.linhaDigitavel);
        expect(nossoNumeroImpresso).toBe(printed.nossoNumeroImpresso);
      }),
    );
  });

  test('values that no boleto can contain are refused', () => {
    const dueDay = dayNumber(DUE_DATE_MIN);
    expect(() => stored(0n, { amount: 1, dueDay })).toThrow(RangeError);
    expect(() => stored(max + 1n, { amount: 1, dueDay })).toThrow(RangeError);
    for (const amount of [0, -1, Number.NaN, Number(amountMax(account.bankCode)) + 1]) {
      expect(() => stored(1n, { amount, dueDay })).toThrow(RangeError);
    }
    expect(() => stored(1n, { amount: 1, dueDay: dueDay - 1 })).toThrow(RangeError);
  });
});
