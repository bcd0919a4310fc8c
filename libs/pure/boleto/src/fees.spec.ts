import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { date } from './accounts.fixture.ts';
import { feeInstructions } from './fee-instructions.ts';
import { checkFees, parseHundredths, type Fees } from './fees.ts';

const TERMS = { amount: 80_400n, dueDate: date('2026-12-31'), issuedOn: date('2026-11-21') };

function centavosIn(line: string | undefined): bigint {
  return BigInt(/R\$ ([\d.]+,\d\d)/.exec(line ?? '')?.[1]?.replaceAll(/\D/g, '') ?? '0');
}

describe('fees are checked', () => {
  test.each<[string, Fees]>([
    ['none', {}],
    ['at the ceilings', { multa: { percent: '2.00' }, juros: { percentPerMonth: '1.00' } }],
    ['in R$', { multa: { amount: '5.00' }, juros: { amountPerDay: '0.26' } }],
    ['a discount up to the due date', { desconto: { percent: '10', daysBefore: 0 } }],
    ['ceilings of their own', { multa: { percent: '10.00' }, ceilings: { multaPercent: '10.00' } }],
  ])('checkFees accepts fees: %s', (_, fees) => {
    expect(checkFees(fees)).toEqual([]);
  });

  test('checkFees reports one problem per field, with the ceiling', () => {
    expect(
      checkFees({
        multa: { percent: '2.01' },
        juros: { percentPerMonth: '1.5' },
        desconto: { percent: '100.00', daysBefore: -1 },
      }),
    ).toEqual([
      { field: 'multa.percent', code: 'too_big', message: 'must be at most 2.00 %' },
      { field: 'juros.percentPerMonth', code: 'too_big', message: 'must be at most 1.00 %' },
      { field: 'desconto.percent', code: 'too_big', message: 'must be at most 99.99 %' },
      { field: 'desconto.daysBefore', code: 'invalid', message: 'must be a whole number from 0 to 365' },
    ]);
  });

  test.each(['', '2,00', '2.000', '-1', '+1', '1e1', '.5', '2 %', '١', ' 1'])('%j is not a percentage', (percent) => {
    expect(checkFees({ multa: { percent } })).toMatchObject([{ field: 'multa.percent', code: 'invalid' }]);
  });

  test('amounts are decimal text', () => {
    expect(checkFees({ multa: { amount: '5,00' }, juros: { amountPerDay: 'x' } })).toMatchObject([
      { field: 'multa.amount', code: 'invalid' },
      { field: 'juros.amountPerDay', code: 'invalid' },
    ]);
  });

  test('fees are checked against other ceilings, and ceilings are checked themselves', () => {
    const ceilings = { multaPercent: '10.00', jurosPercentPerMonth: '3.00' };
    expect(checkFees({ multa: { percent: '10.00' }, juros: { percentPerMonth: '3.01' } }, ceilings)).toMatchObject([
      { field: 'juros.percentPerMonth', message: 'must be at most 3.00 %' },
    ]);
    expect(checkFees({ ceilings: { multaPercent: '100.01', jurosPercentPerMonth: 'all' } })).toMatchObject([
      { field: 'ceilings.multaPercent', code: 'too_big' },
      { field: 'ceilings.jurosPercentPerMonth', code: 'invalid' },
    ]);
  });
});

test('decimal text becomes an exact integer', () => {
  expect(parseHundredths('2')).toBe(200n);
  expect(parseHundredths('2.5')).toBe(250n);
  expect(parseHundredths('0.01')).toBe(1n);
});

describe('fees are printed', () => {
  test('fees are printed as dates and R$, never as percentages or days', () => {
    const fees: Fees = {
      multa: { percent: '2.00' },
      juros: { percentPerMonth: '1.00' },
      desconto: { percent: '5.00', daysBefore: 10 },
    };
    expect(feeInstructions(fees, TERMS)).toEqual([
      'Após 31/12/2026 cobrar multa de R$ 16,08.',
      'Após 31/12/2026 cobrar juros de R$ 0,26 por dia de atraso.',
      'Até 21/12/2026 conceder desconto de R$ 40,20.',
    ]);
  });

  test('fees given in R$ are printed unchanged', () => {
    const fees: Fees = {
      multa: { amount: '5.00' },
      juros: { amountPerDay: '0.1' },
      desconto: { amount: '1234', daysBefore: 0 },
    };
    expect(feeInstructions(fees, { ...TERMS, amount: 1_000_000n })).toEqual([
      'Após 31/12/2026 cobrar multa de R$ 5,00.',
      'Após 31/12/2026 cobrar juros de R$ 0,10 por dia de atraso.',
      'Até 31/12/2026 conceder desconto de R$ 1.234,00.',
    ]);
  });

  test('fees are printed up to the ceiling for the amount of the boleto', () => {
    const fees: Fees = { multa: { amount: '50.00' }, juros: { amountPerDay: '5.00' } };
    expect(feeInstructions(fees, TERMS)).toEqual([
      'Após 31/12/2026 cobrar multa de R$ 16,08.',
      'Após 31/12/2026 cobrar juros de R$ 0,26 por dia de atraso.',
    ]);
    expect(feeInstructions({ ...fees, ceilings: { multaPercent: '10.00' } }, TERMS)[0]).toContain('R$ 50,00');
  });

  test("juros are printed per month if a day's are less than a centavo", () => {
    const juros = feeInstructions({ juros: { percentPerMonth: '1.00' } }, { ...TERMS, amount: 2_000n });
    expect(juros).toEqual(['Após 31/12/2026 cobrar juros de R$ 0,20 por mês de atraso.']);
  });

  test.each<[string, Fees]>([
    [
      'fees of zero',
      { multa: { percent: '0.00' }, juros: { percentPerMonth: '0' }, desconto: { amount: '0', daysBefore: 1 } },
    ],
    ['fees that round to nothing', { multa: { percent: '0.00' }, juros: { amountPerDay: '0.00' } }],
    ['a discount of the whole amount', { desconto: { amount: '804.00', daysBefore: 1 } }],
    ['a discount that was over before the boleto was issued', { desconto: { percent: '1', daysBefore: 41 } }],
  ])('nothing is printed for %s', (_, fees) => {
    expect(feeInstructions(fees, TERMS)).toEqual([]);
  });

  test('a discount that ends on the day of issue is printed', () => {
    expect(feeInstructions({ desconto: { percent: '1', daysBefore: 40 } }, TERMS)).toEqual([
      'Até 21/11/2026 conceder desconto de R$ 8,04.',
    ]);
  });

  test('printed fees never exceed the legal ceiling, whatever the amount', () => {
    fc.assert(
      fc.property(fc.bigInt(1n, 9_999_999_999n), (amount) => {
        const lines = feeInstructions(
          { multa: { percent: '2' }, juros: { percentPerMonth: '1' } },
          { ...TERMS, amount },
        );
        const multa = lines.find((line) => line.includes('multa'));
        const juros = lines.find((line) => line.includes('juros'));
        expect(centavosIn(multa) * 100n).toBeLessThanOrEqual(amount * 2n);
        expect(centavosIn(juros) * (juros?.includes('dia') === true ? 3_000n : 100n)).toBeLessThanOrEqual(amount);
      }),
    );
  });

  test('unchecked fees are refused', () => {
    expect(() => feeInstructions({ multa: { percent: 'two' } }, TERMS)).toThrow(RangeError);
  });
});
