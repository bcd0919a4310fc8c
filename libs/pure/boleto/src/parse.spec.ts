import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays, type CalendarDate } from '#calendar';
import { centavos } from '#money';
import { ACCOUNTS, date } from './accounts.fixture.ts';
import { barcodeOf } from './barcode.ts';
import { restModulo11 } from './check-digits.ts';
import { amountMax, composerFor, nossoNumeroMax, type ComposedBoleto } from './compose.ts';
import { DUE_DATE_DAYS_AHEAD_MAX, DUE_DATE_DAYS_BACK_MAX, DUE_DATE_MIN } from './due-date.ts';
import { formatLinhaDigitavel, linhaFromBarcode } from './linha-digitavel.ts';
import { parseBoleto, type ParseProblem } from './parse.ts';

const TODAY = date('2026-11-21');

// Itaú's worked example: agência 0057, conta 12345-7, carteira 110, nosso número 12345678.
const BARCODE = '34196166700000123451101234567880057123457000';
const LINHA = '34191101213456788005871234570001616670000012345';

function problemsOf(text: string, today: CalendarDate = TODAY): readonly ParseProblem[] {
  const parsed = parseBoleto(text, today);
  return parsed.ok ? [] : parsed.problems;
}

function typo(text: string, at: number, shift: number): string {
  return text.slice(0, at) + ((Number(text[at]) + shift) % 10).toString() + text.slice(at + 1);
}

/** True for the remainders of modulo 11 whose dígito verificador geral is 1. The standard cannot tell them apart. */
function isOne(barcode: string): boolean {
  return [0, 1, 10].includes(restModulo11(barcode.slice(0, 4) + barcode.slice(5)));
}

const otherDigit = fc.integer({ min: 1, max: 9 });

/** Titles of all thirteen banks, each with its due date and a day on which readers assign that date. */
const issued = fc
  .constantFrom(...ACCOUNTS)
  .chain((account) =>
    fc.record({
      account: fc.constant(account),
      sequence: fc.bigInt(1n, nossoNumeroMax(account)),
      amount: fc.bigInt(1n, amountMax(account.bankCode)).map(centavos),
      dueDate: fc.nat(22_000).map((days) => addDays(DUE_DATE_MIN, days)),
      daysToDue: fc.integer({ min: -DUE_DATE_DAYS_BACK_MAX, max: DUE_DATE_DAYS_AHEAD_MAX }),
    }),
  )
  .map(({ account, daysToDue, ...title }) => ({
    title,
    today: addDays(title.dueDate, -daysToDue),
    boleto: composerFor(account)(title),
  }));

const boleto = issued.map((each): ComposedBoleto => each.boleto);

test('reading a composed boleto gives the values that it was composed from', () => {
  fc.assert(
    fc.property(issued, ({ title, today, boleto: composed }) => {
      const { bankCode, bankName, campoLivre, codigoBarras, linhaDigitavel, fatorVencimento } = composed;
      const { amount, dueDate } = title;
      const expected = { bankCode, bankName, campoLivre, codigoBarras, linhaDigitavel, fatorVencimento };
      for (const text of [codigoBarras, linhaDigitavel, ` ${formatLinhaDigitavel(linhaDigitavel)}\n`]) {
        expect(parseBoleto(text, today)).toEqual({ ok: true, ...expected, amount, dueDate });
      }
    }),
  );
});

describe('a single wrong digit', () => {
  test('a single wrong digit in the campos 1 to 4 of a linha digitável is always caught', () => {
    fc.assert(
      fc.property(boleto, fc.nat(32), otherDigit, ({ linhaDigitavel }, at, shift) => {
        expect(problemsOf(typo(linhaDigitavel, at, shift))).not.toEqual([]);
      }),
    );
  });

  test('a single wrong digit in the campos 1 to 3 is a suspect, with the correct digit', () => {
    fc.assert(
      fc.property(boleto, fc.nat(31), otherDigit, ({ linhaDigitavel }, at, shift) => {
        const [problem, ...others] = problemsOf(typo(linhaDigitavel, at, shift));
        expect(others).toEqual([]);
        expect(problem).toMatchObject({
          code: 'check-digit',
          field: `campo ${at < 10 ? '1' : at < 21 ? '2' : '3'}`,
        });
        expect(problem?.suspects).toContainEqual({
          position: at + 1,
          found: typo(linhaDigitavel, at, shift).charAt(at),
          expected: linhaDigitavel.charAt(at),
        });
      }),
    );
  });

  test('a wrong digit in a barcode is caught unless both remainders give check digit 1', () => {
    fc.assert(
      fc.property(issued, fc.nat(43), otherDigit, ({ boleto: { codigoBarras }, title }, at, shift) => {
        const wrong = typo(codigoBarras, at, shift);
        const isCaught = !parseBoleto(wrong, title.dueDate).ok;
        const isBlindSpot = at !== 4 && isOne(codigoBarras) && isOne(wrong);
        // Other checks catch some of these: the currency must be 9, a bank beginning with 8 would be an arrecadação,
        // and a factor may have no day.
        fc.pre(!isBlindSpot || at < 5 || at > 8);
        expect(isCaught).toBe(!isBlindSpot || at === 3 || wrong.startsWith('8'));
      }),
      { numRuns: 2_000 },
    );
  });

  test('a wrong digit in campo 5 is caught with the same exception and reported there', () => {
    fc.assert(
      fc.property(issued, fc.integer({ min: 33, max: 46 }), otherDigit, ({ boleto: composed, title }, at, shift) => {
        const wrong = typo(composed.linhaDigitavel, at, shift);
        const barcodeAt = at - 28;
        fc.pre(!(isOne(composed.codigoBarras) && isOne(typo(composed.codigoBarras, barcodeAt, shift))));
        expect(problemsOf(wrong, title.dueDate)).toMatchObject([
          { code: 'check-digit', field: 'campo 4', position: 33, found: composed.linhaDigitavel.charAt(32) },
        ]);
      }),
    );
  });
});

test.each<[string, string, Partial<ParseProblem>]>([
  ['a letter', LINHA.replace('7', 'O'), { code: 'not-digits', position: 15, found: 'O' }],
  ['digits of another script', LINHA.replace('3', '٣'), { code: 'not-digits', position: 1, found: '٣' }],
  ['an empty text', '', { code: 'length' }],
  ['one digit too few', LINHA.slice(1), { code: 'length' }],
  ['one digit too many', `${LINHA}0`, { code: 'length' }],
  [
    'the 48 digits of an arrecadação',
    '84670000001-7 43590024020-9 02405000243-5 84221010811-9',
    { code: 'arrecadacao' },
  ],
  ['the barcode of an arrecadação', '84670000001435900240200240500024384221010811', { code: 'arrecadacao' }],
  ['a wrong check digit of a barcode', typo(BARCODE, 4, 1), { code: 'check-digit', position: 5, expected: '6' }],
  ['no check digit in a barcode', `${BARCODE.slice(0, 4)}0${BARCODE.slice(5)}`, { code: 'check-digit', found: '0' }],
  ['another currency', `${BARCODE.slice(0, 3)}8${BARCODE.slice(4)}`, { code: 'currency', field: 'moeda', position: 4 }],
])('%s is refused with the problem that names it', (_, text, problem) => {
  expect(problemsOf(text)[0]).toMatchObject(problem);
});

test('another currency in a linha digitável with a consistent campo 1 is named', () => {
  const first = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']
    .map((dv) => `341811012${dv}`)
    .map((field) => problemsOf(field + LINHA.slice(10)))
    .find(([problem]) => problem?.code === 'currency');
  expect(first).toMatchObject([{ code: 'currency', field: 'campo 1', position: 4, found: '8', expected: '9' }]);
});

test('a mistyped digit is named in a sentence', () => {
  const [problem] = problemsOf(typo(LINHA, 6, 1));
  expect(problem?.message).toMatch(/^campo 1 \(digits 1 to 10\) .*digit 7 is 1 instead of 0/);
});

test('two wrong campos are both reported, and no digit is guessed', () => {
  const problems = problemsOf(typo(typo(LINHA, 6, 1), 15, 1));
  expect(problems).toMatchObject([
    { field: 'campo 1', suspects: [] },
    { field: 'campo 2', suspects: [] },
  ]);
});

test('a barcode without due date and amount is read as such', () => {
  const barcode = barcodeOf({ bankCode: '999', factor: '0000', amount: '0000000000', campoLivre: '1'.repeat(25) });
  expect(parseBoleto(barcode, TODAY)).toMatchObject({
    ok: true,
    bankCode: '999',
    bankName: undefined,
    amount: undefined,
    dueDate: undefined,
    fatorVencimento: '0000',
  });
});

test('a factor without a day and one with a day outside the window are named', () => {
  const parts = { bankCode: '341', amount: '0000012345', campoLivre: BARCODE.slice(19) };
  expect(problemsOf(barcodeOf({ ...parts, factor: '0999' }))).toMatchObject([
    { code: 'factor', field: 'fator', position: 6, found: '0999' },
  ]);
  // On this day the factors 7137 to 7635 belong to no day of the window: it is too far back or too far ahead.
  const linha = linhaFromBarcode(barcodeOf({ ...parts, factor: '7200' }));
  expect(problemsOf(linha)).toMatchObject([{ code: 'due-date', field: 'campo 5', position: 34, found: '7200' }]);
});

test('the same factor gives another day in another decade', () => {
  const barcode = barcodeOf({ bankCode: '341', factor: '1001', amount: '0000012345', campoLivre: BARCODE.slice(19) });
  expect(parseBoleto(barcode, date('2001-01-01'))).toMatchObject({ dueDate: '2000-07-04' });
  expect(parseBoleto(barcode, TODAY)).toMatchObject({ dueDate: '2025-02-23' });
});
