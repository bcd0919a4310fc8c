import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays } from '#calendar';
import { centavos } from '#money';
import type { BankAccount } from './account.ts';
import { accountAt, ACCOUNTS, date } from './accounts.fixture.ts';
import { banks } from './banks.ts';
import { amountMax, checkAccount, composeBoleto, composerFor, nossoNumeroMax, type Title } from './compose.ts';
import { DUE_DATE_MIN } from './due-date.ts';
import { barcodeFromLinha } from './linha-digitavel.ts';

function title(over: Partial<{ sequence: bigint; amount: bigint; dueDate: string }> = {}): Title {
  const { sequence = 1n, amount = 123_45n, dueDate = '2026-12-31' } = over;
  return { sequence, amount: centavos(amount), dueDate: date(dueDate) };
}

test('a boleto of Banco do Brasil has every value of its form', () => {
  expect(composeBoleto(accountAt('001'), title({ sequence: 42n }))).toEqual({
    bankCode: '001',
    bankCodeWithDv: '001-9',
    bankName: 'Banco do Brasil',
    codigoBarras: '00193167700000123450000003333333000000004217',
    linhaDigitavel: '00190000090333333300700000042176316770000012345',
    nossoNumero: '0000000042',
    nossoNumeroImpresso: '33333330000000042',
    agenciaCodigoImpresso: '1234-3/00056789-2',
    campoLivre: '0000003333333000000004217',
    fatorVencimento: '1677',
    localPagamento: 'Pagável em qualquer banco até o vencimento. Após, atualize o boleto no site bb.com.br.',
    carteiraImpressa: '17/019',
    instrucoes: [],
  });
});

test('the instructions of a boleto of Itaú contain its sentence', () => {
  expect(composeBoleto(accountAt('341'), title()).instrucoes).toEqual([
    '(TODAS AS INFORMAÇÕES DESTE BOLETO SÃO DE EXCLUSIVA RESPONSABILIDADE DO BENEFICIÁRIO)',
  ]);
});

test('every bank of the list has a valid account', () => {
  expect(ACCOUNTS.map(({ bankCode }) => bankCode)).toEqual(banks().map(({ code }) => code));
  expect(ACCOUNTS.flatMap((account) => checkAccount(account))).toEqual([]);
});

describe.each(ACCOUNTS)('bank $bankCode', (account) => {
  const compose = composerFor(account);
  const max = nossoNumeroMax(account);

  test('bank $bankCode: a linha digitável leads to its barcode with amount and factor', () => {
    const titles = fc.record({
      sequence: fc.bigInt(1n, max),
      amount: fc.bigInt(1n, amountMax(account.bankCode)).map(centavos),
      dueDate: fc.nat(22_000).map((days) => addDays(DUE_DATE_MIN, days)),
    });
    fc.assert(
      fc.property(titles, (each) => {
        const boleto = compose(each);
        expect(boleto.codigoBarras).toMatch(/^\d{44}$/);
        expect(boleto.codigoBarras.slice(5, 9)).toBe(boleto.fatorVencimento);
        expect(BigInt(boleto.codigoBarras.slice(9, 19))).toBe(each.amount);
        expect(boleto.codigoBarras.slice(19)).toBe(boleto.campoLivre);
        expect(barcodeFromLinha(boleto.linhaDigitavel)).toBe(boleto.codigoBarras);
      }),
    );
  });

  test('bank $bankCode: two numbers of the counter never give one nosso número or one barcode', () => {
    const sequence = fc.bigInt(1n, max);
    fc.assert(
      fc.property(sequence, sequence, (a, b) => {
        fc.pre(a !== b);
        const [first, second] = [compose(title({ sequence: a })), compose(title({ sequence: b }))];
        return first.nossoNumero !== second.nossoNumero && first.campoLivre !== second.campoLivre;
      }),
    );
  });

  test('bank $bankCode: a nosso número gives the same boleto as its counter number', () => {
    const { amount, dueDate } = title();
    const boleto = compose(title({ sequence: max }));
    expect(compose({ nossoNumero: boleto.nossoNumero, amount, dueDate })).toEqual(boleto);
  });

  test('bank $bankCode: the first and last numbers, amounts and dates pass, and none beyond', () => {
    for (const good of [{ sequence: max }, { amount: 1n }, { amount: amountMax(account.bankCode) }]) {
      expect(compose(title(good)).codigoBarras).toMatch(/^\d{44}$/);
    }
    for (const bad of [
      { sequence: 0n },
      { sequence: max + 1n },
      { amount: 0n },
      { amount: amountMax(account.bankCode) + 1n },
      { dueDate: '2000-07-02' },
    ]) {
      expect(() => compose(title(bad))).toThrow(RangeError);
    }
  });
});

test('amounts end at the limit of the barcode or of the bank', () => {
  expect(amountMax('001')).toBe(99_999_999_99n);
  expect(amountMax('104')).toBe(9_999_999_99n);
  expect(() => amountMax('999')).toThrow(RangeError);
});

test.each([
  ['001', '0000000001', '9999999999', 9_999_999_999n],
  ['033', '000000000001', '999999999999', 999_999_999_999n],
  ['104', '14000000000000001', '14999999999999999', 999_999_999_999_999n],
  ['237', '00000000001', '99999999999', 99_999_999_999n],
  ['341', '00000001', '99999999', 99_999_999n],
  ['748', '26200001', '26999999', 799_992n],
])('bank %s counts from %s to %s', (bankCode, first, last, max) => {
  const account = accountAt(bankCode);
  expect(nossoNumeroMax(account)).toBe(max);
  expect(composeBoleto(account, title({ sequence: 1n })).nossoNumero).toBe(first);
  expect(composeBoleto(account, title({ sequence: max })).nossoNumero).toBe(last);
});

test.each([
  ['1234', 9_999_999n, '12340000001-'],
  ['123456', 99_999n, '12345600001-'],
  ['1234567', 9_999_999_999n, '12345670000000001'],
  ['12345678', 999_999_999n, '12345678000000001'],
])('convênio %s of Banco do Brasil counts to %d', (convenio, max, printed) => {
  const account = { ...accountAt('001'), convenio };
  expect(nossoNumeroMax(account)).toBe(max);
  expect(composeBoleto(account, title()).nossoNumeroImpresso.startsWith(printed)).toBe(true);
});

test('Sicredi continues with the next byte when one is used up', () => {
  const compose = composerFor(accountAt('748'));
  expect(compose(title({ sequence: 99_999n })).nossoNumero).toBe('26299999');
  expect(compose(title({ sequence: 100_000n })).nossoNumero).toBe('26300001');
});

test('check digits may be letters', () => {
  // Banco do Brasil uses X for ten, Bradesco P.
  const bancoDoBrasil = { ...accountAt('001'), agencia: '2208', agenciaDv: 'X' };
  expect(checkAccount(bancoDoBrasil)).toEqual([]);
  expect(composeBoleto(bancoDoBrasil, title()).agenciaCodigoImpresso).toBe('2208-X/00056789-2');

  const bradesco = { ...accountAt('237'), carteira: '19' };
  expect(composeBoleto(bradesco, title({ sequence: 1n })).nossoNumeroImpresso).toBe('19/00000000001-P');
  expect(composeBoleto(bradesco, title({ sequence: 2n })).nossoNumeroImpresso).toBe('19/00000000002-8');
  expect(checkAccount({ ...bradesco, agencia: '7098', agenciaDv: 'P' })).toEqual([]);
  expect(checkAccount({ ...bradesco, agencia: '7098', agenciaDv: '0' })).toEqual([]);
  expect(checkAccount({ ...bradesco, agencia: '7098', agenciaDv: '1' })).toMatchObject([{ field: 'agenciaDv' }]);
});

test.each([
  ['001', '1234-3/00056789-2'],
  ['033', '1234/1234567'],
  ['041', '1234/123456.7'],
  ['077', '0001-9/1234567'],
  ['084', '1234/0056789'],
  ['085', '1234-3/0231560-2'],
  ['104', '1234/123456-0'],
  ['237', '1234-3/0056789-2'],
  ['341', '0057/12345-7'],
  ['422', '12345/001234567'],
  ['707', '0001-9/1234567'],
  ['748', '0156.05.85305'],
  ['756', '4277/0172278'],
])('bank %s prints agência and código as %s', (bankCode, printed) => {
  expect(composeBoleto(accountAt(bankCode), title()).agenciaCodigoImpresso).toBe(printed);
});

test('Caixa: codes of six digits have a check digit, codes from 1100000 on have none', () => {
  const six = composeBoleto(accountAt('104'), title());
  expect(six.agenciaCodigoImpresso).toBe('1234/123456-0');
  expect(six.campoLivre.slice(0, 7)).toBe('1234560');

  const seven = composeBoleto({ ...accountAt('104'), codigoBeneficiario: '1100000' }, title());
  expect(seven.agenciaCodigoImpresso).toBe('1234/1100000');
  expect(seven.campoLivre.slice(0, 7)).toBe('1100000');
});

test('Itaú: in the escriturais the check digit covers only carteira and nosso número', () => {
  const { amount, dueDate } = title();
  const escritural = { ...accountAt('341'), carteira: '112' };
  const other = { ...escritural, agencia: '1234', conta: '56789', contaDv: '0' };
  const printed = (account: BankAccount): string =>
    composeBoleto(account, { nossoNumero: '1', amount, dueDate }).nossoNumeroImpresso;
  expect(printed(other)).toBe(printed(escritural));
});

test('Itaú: special carteiras have seu número or the end of nosso número in the barcode', () => {
  const account = { ...accountAt('341'), carteira: '196', codigoBeneficiario: '12345' };
  const { amount, dueDate } = title();
  const terms = { nossoNumero: '12345678', amount, dueDate };
  expect(composeBoleto(account, terms).campoLivre.slice(11, 18)).toBe('2345678');
  expect(composeBoleto(account, { ...terms, seuNumero: '77' }).campoLivre.slice(11, 18)).toBe('0000077');
  expect(() => composeBoleto(account, { ...terms, seuNumero: 'A1' })).toThrow(RangeError);
});

describe('an account that cannot issue', () => {
  test('an account with several faults reports every field at once', () => {
    expect(checkAccount({ bankCode: '001', agencia: '12345', carteira: '', contaDv: '6' })).toEqual([
      { field: 'agencia', code: 'invalid', message: 'must be 1 to 4 digits' },
      { field: 'conta', code: 'required', message: 'is required by this bank' },
      { field: 'carteira', code: 'required', message: 'is required by this bank' },
      { field: 'convenio', code: 'required', message: 'is required by this bank' },
    ]);
  });

  test.each<[string, Partial<BankAccount>, object]>([
    ['001', { convenio: '12345' }, { field: 'convenio', code: 'invalid' }],
    ['001', { convenio: '1234567', modalidade: '21' }, { field: 'convenio', code: 'invalid' }],
    ['001', { agenciaDv: 'x' }, { field: 'agenciaDv', code: 'invalid' }],
    ['001', { agenciaDv: '' }, { field: 'agenciaDv', code: 'invalid' }],
    ['001', { contaDv: '7' }, { field: 'contaDv', code: 'check-digit' }],
    ['033', { carteira: '17' }, { field: 'carteira', code: 'invalid' }],
    ['077', { carteira: '112' }, { field: 'carteira', code: 'unsupported' }],
    ['085', { contaDv: '3' }, { field: 'contaDv', code: 'check-digit' }],
    ['104', { codigoBeneficiario: '1099999' }, { field: 'codigoBeneficiario', code: 'invalid' }],
    ['341', { contaDv: '8' }, { field: 'contaDv', code: 'check-digit' }],
    ['341', { carteira: '112' }, { field: 'carteira', code: 'unsupported' }],
    ['341', { carteira: '196' }, { field: 'codigoBeneficiario', code: 'required' }],
  ])('the account of bank %s with %o is refused', (bankCode, over, problem) => {
    expect(checkAccount({ ...accountAt(bankCode), ...over })).toMatchObject([problem]);
  });

  test('an account of an unknown bank is refused', () => {
    const account = { ...accountAt('001'), bankCode: '999' };
    expect(checkAccount(account)).toMatchObject([{ field: 'bankCode', code: 'unsupported' }]);
    expect(() => composerFor(account)).toThrow(RangeError);
  });

  test('composing refuses an account from which no boleto can be built', () => {
    const account = { ...accountAt('341'), conta: '123456' };
    expect(() => composerFor(account)).toThrow(RangeError);
    expect(() => nossoNumeroMax(account)).toThrow(RangeError);
  });

  test('composing accepts an account in which only a check digit is wrong', () => {
    const boleto = composeBoleto({ ...accountAt('341'), contaDv: '8' }, title());
    expect(boleto.agenciaCodigoImpresso).toBe('0057/12345-8');
  });
});

test('a nosso número that is too long or not digits is refused', () => {
  const { amount, dueDate } = title();
  for (const nossoNumero of ['', '12345678901', '1x']) {
    expect(() => composeBoleto(accountAt('001'), { nossoNumero, amount, dueDate })).toThrow(RangeError);
  }
});
