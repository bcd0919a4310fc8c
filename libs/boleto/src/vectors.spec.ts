import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { parseIsoDate, type CalendarDate } from '#calendar';
import { centavos } from '#money';

import type { BankAccount } from './account.ts';
import { barcodeOf, isBarcode } from './barcode.ts';
import { banks } from './banks.ts';
import { padded } from './check-digits.ts';
import { amountMax, composeBoleto } from './compose.ts';
import { barcodeFromLinha, formatLinhaDigitavel, linhaFromBarcode } from './linha-digitavel.ts';

/** Facts of the banks' manuals and of other projects' test suites (`source`); the `broken` ones are wrong there. */
interface Vector {
  readonly id: string;
  readonly bank: string;
  readonly broken?: boolean;
  readonly inputs: Readonly<Record<string, string | number | boolean>>;
  readonly codigoBarras: string;
  readonly linhaDigitavel: string;
  /** As the source prints it: each has its own habits. */
  readonly nossoNumeroImpresso?: string;
  readonly agenciaCodigoImpresso?: string;
}

const vectors = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/boleto-vectors.json', import.meta.url), 'utf8'),
) as readonly Vector[];
const golden = vectors.filter(({ broken }) => broken !== true);
const broken = vectors.filter((vector) => vector.broken === true);

function text(vector: Vector, name: string): string | undefined {
  const value = vector.inputs[name];
  return value === undefined ? undefined : value.toString();
}

/** Only the fields that are there: an account has no undefined ones. */
function present(fields: Readonly<Record<string, string | undefined>>): Partial<BankAccount> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** The sources call the same thing by many names; an agência that a bank only prints is taken from the printed form. */
function accountOf(vector: Vector): BankAccount {
  const printedAgencia = /^\d{1,4}/.exec(vector.agenciaCodigoImpresso ?? '')?.[0] ?? '1';
  const contaComDv = text(vector, 'conta_com_dv');
  return {
    bankCode: vector.bank,
    agencia: text(vector, 'agencia') ?? text(vector, 'cooperativa') ?? printedAgencia,
    ...present({
      agenciaDv: text(vector, 'agencia_dv') ?? (vector.bank === '707' ? '9' : undefined),
      conta: text(vector, 'conta') ?? contaComDv?.slice(0, -1),
      contaDv: text(vector, 'conta_dv') ?? contaComDv?.slice(-1) ?? (vector.bank === '041' ? '46' : undefined),
      variacao: text(vector, 'variacao'),
      convenio: text(vector, 'convenio'),
      codigoBeneficiario:
        text(vector, 'codigo_beneficiario') ?? text(vector, 'codigo_cedente') ?? text(vector, 'codigo_cliente'),
      modalidade:
        vector.inputs['nosso_numero_17_livre'] === true
          ? '21'
          : (text(vector, 'modalidade') ?? text(vector, 'tipo_cobranca')),
      operacao: text(vector, 'operacao'),
      posto: text(vector, 'posto'),
      ano: vector.bank === '748' ? '26' : undefined,
    }),
    carteira: carteiraOf(vector),
  };
}

function carteiraOf(vector: Vector): string {
  const carteira = text(vector, 'carteira') ?? text(vector, 'produto');
  if (vector.bank === '104') return 'RG';
  if (vector.bank === '085') return padded(carteira ?? '', 2);
  return carteira ?? '1';
}

function dueDateOf(vector: Vector): CalendarDate {
  const date = parseIsoDate(text(vector, 'data_vencimento') ?? '');
  if (date === undefined) throw new Error(`${vector.id} has no due date`);
  return date;
}

function amountOf(vector: Vector): bigint {
  return BigInt(text(vector, 'valor_centavos') ?? '');
}

function titleOf(vector: Vector, amount: bigint): Parameters<typeof composeBoleto>[1] {
  const seuNumero = text(vector, 'seu_numero');
  return {
    nossoNumero: text(vector, 'nosso_numero') ?? '',
    amount: centavos(amount),
    dueDate: dueDateOf(vector),
    ...(seuNumero === undefined ? {} : { seuNumero }),
  };
}

/** The sources fill with zeros and separate in different ways: without either, what is left must be the same. */
function bare(printed: string): string {
  return printed
    .split(/[/.-]/)
    .map((part) => part.trim().replace(/^0+(?=\w)/, ''))
    .join('');
}

test('there are vectors for every bank', () => {
  expect([...new Set(golden.map(({ bank }) => bank))].toSorted()).toEqual(banks().map(({ code }) => code));
  expect(golden).toHaveLength(207);
});

const payable = golden.filter((vector) => amountOf(vector) <= amountMax(vector.bank));
// Computed by a peer that knows no limit of the bank.
const beyondTheLimit = golden.filter((vector) => amountOf(vector) > amountMax(vector.bank));

test.each(payable)('vector $id gives its barcode and its linha digitável', (vector) => {
  expect(composeBoleto(accountOf(vector), titleOf(vector, amountOf(vector)))).toMatchObject({
    codigoBarras: vector.codigoBarras,
    linhaDigitavel: vector.linhaDigitavel,
  });
});

test.each(beyondTheLimit)('vector $id is beyond what the bank accepts, but its digits are right', (vector) => {
  const account = accountOf(vector);
  expect(() => composeBoleto(account, titleOf(vector, amountOf(vector)))).toThrow(RangeError);

  const { fatorVencimento, campoLivre } = composeBoleto(account, titleOf(vector, 1n));
  const barcode = barcodeOf({
    bankCode: vector.bank,
    factor: fatorVencimento,
    amount: padded(amountOf(vector).toString(), 10),
    campoLivre,
  });
  expect(barcode).toBe(vector.codigoBarras);
  expect(linhaFromBarcode(barcode)).toBe(vector.linhaDigitavel);
});

test.each(golden)('vector $id is read back from its linha digitável', ({ codigoBarras, linhaDigitavel }) => {
  expect(isBarcode(codigoBarras)).toBe(true);
  expect(barcodeFromLinha(linhaDigitavel)).toBe(codigoBarras);
  expect(barcodeFromLinha(formatLinhaDigitavel(linhaDigitavel))).toBe(codigoBarras);
});

test.each(golden.filter(({ nossoNumeroImpresso }) => nossoNumeroImpresso !== undefined))(
  'vector $id prints its nosso número',
  (vector) => {
    const printed = bare(composeBoleto(accountOf(vector), titleOf(vector, 1n)).nossoNumeroImpresso);
    const expected = bare(vector.nossoNumeroImpresso ?? '');
    // Some sources leave out the check digit of Banco do Brasil's eleven digits; others, and the bank, print it.
    const withoutDv = vector.bank === '001' && expected.length === 11 ? printed.slice(0, 11) : printed;
    expect(withoutDv).toBe(expected);
  },
);

test.each(golden.filter(({ agenciaCodigoImpresso }) => agenciaCodigoImpresso !== undefined))(
  'vector $id prints its agência and account',
  (vector) => {
    const { agenciaCodigoImpresso } = composeBoleto(accountOf(vector), titleOf(vector, 1n));
    expect(bare(agenciaCodigoImpresso)).toBe(bare(vector.agenciaCodigoImpresso ?? ''));
  },
);

test.each(broken)('vector $id, wrong in its source, is refused', ({ codigoBarras, linhaDigitavel }) => {
  // One has a linha digitável of another barcode, the others a wrong check digit in the barcode itself.
  expect(isBarcode(codigoBarras) && barcodeFromLinha(linhaDigitavel) === codigoBarras).toBe(false);
});
