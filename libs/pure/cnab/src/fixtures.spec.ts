import { describe, expect, test } from 'vitest';
import { readRetorno, type Retorno } from './read-retorno.ts';
import { hasShared, retornoNames, retornoOf, sharedFile } from './shared.fixture.ts';

/** File: entries, readable, rejected, Σ paid, Σ credited, Σ tarifas, in centavos. */
const FILES: Readonly<Record<string, readonly [number, number, number, bigint, bigint, bigint]>> = {
  'brcobranca__CBR64310.RET': [26, 26, 0, 1_005_183n, 992_183n, 13_000n],
  'brcobranca__CNAB240.RET': [35, 35, 0, 2_188_094n, 2_184_489n, 3_605n],
  'brcobranca__CNAB240AILOS.RET': [3, 3, 0, 600n, 600n, 510n],
  'brcobranca__CNAB240SANTANDER.RET': [2, 2, 0, 1_000n, 1_000n, 392n],
  'brcobranca__CNAB240SICOOB.RET': [3, 3, 0, 600n, 600n, 510n],
  'brcobranca__CNAB240SICREDI.CRT': [2, 2, 0, 0n, 0n, 380n],
  'brcobranca__CNAB400.RET': [52, 52, 0, 265_332n, 254_622n, 10_920n],
  'brcobranca__CNAB400BANRISUL.RET': [1, 1, 0, 145_000n, 0n, 160n],
  'brcobranca__CNAB400BRADESCO.RET': [6, 6, 0, 0n, 0n, 800n],
  'brcobranca__CNAB400ITAU.RET': [52, 52, 0, 265_332n, 254_622n, 10_920n],
  'brcobranca__CNAB400SANTANDER.RET': [52, 52, 0, 254_622n, 254_622n, 10_920n],
  'brcobranca__CNAB400UNICRED.RET': [1, 1, 0, 44_400n, 43_840n, 160n],
  'laravel__cnab240__banco_brasil.ret': [5, 5, 0, 12_880n, 10_380n, 2_500n],
  'laravel__cnab240__caixa.ret': [9, 9, 0, 101_000n, 101_000n, 1_270n],
  'laravel__cnab240__santander.ret': [1, 1, 0, 1_100n, 1_100n, 324n],
  'laravel__cnab400__banco_brasil.ret': [1, 1, 0, 2_500n, 1_600n, 900n],
  'laravel__cnab400__banrisul.ret': [1, 1, 0, 0n, 0n, 0n],
  'laravel__cnab400__bradesco.ret': [7, 7, 0, 510n, 510n, 252n],
  'laravel__cnab400__cef.ret': [1, 1, 0, 0n, 0n, 0n],
  'laravel__cnab400__inter.ret': [1, 1, 0, 0n, 0n, 0n],
  'laravel__cnab400__itau.ret': [4, 4, 0, 95_272n, 94_273n, 1_332n],
  'laravel__cnab400__santander.ret': [1, 1, 0, 0n, 0n, 0n],
  'laravel__cnab400__santander_pix.ret': [1, 1, 0, 0n, 0n, 0n],
  'laravel__cnab400__sicredi.ret': [1, 1, 0, 0n, 0n, 0n],
};

/** Files of banks that are not read. */
const REFUSED: Readonly<Record<string, string>> = {
  'brcobranca__CNAB400BANCOBRASILIA.RET': '070, 400',
  'laravel__cnab240__btg.ret': '208, 240',
};

/** Checks that disagree, each with its reason. */
const DISAGREEING: Readonly<Record<string, readonly string[]>> = {
  // An amount of the first entry was changed by the project that keeps the file.
  'brcobranca__CNAB400BRADESCO.RET': ['TOTAL'],
  // Its trailer is Bradesco's.
  'brcobranca__CNAB400BANRISUL.RET': ['TRAILER_BANK'],
  // A file of Itaú with another header.
  'brcobranca__CNAB400SANTANDER.RET': ['TRAILER_BANK'],
  // Entries were taken out.
  'brcobranca__CNAB400UNICRED.RET': ['FILE_LINES', 'SEQUENCE'],
  // The header of its lot has a column more.
  'laravel__cnab240__banco_brasil.ret': ['LINE_WIDTH'],
};

function sumOf({ entries }: Retorno, amount: 'paid' | 'credited' | 'fee'): bigint {
  return entries.reduce((sum, { amounts }) => sum + (amounts[amount] ?? 0n), 0n);
}

describe.runIf(hasShared)('the files of other projects', () => {
  test('each file of the folder is read or refused', () => {
    expect([...Object.keys(FILES), ...Object.keys(REFUSED)].toSorted()).toEqual(retornoNames());
  });

  test.each(Object.entries(FILES))('%s is read whole', (name, [count, readable, rejected, paid, credited, fees]) => {
    const retorno = retornoOf(sharedFile('retorno', name));
    const { entries } = retorno;
    expect(entries).toHaveLength(count);
    expect(entries.filter(({ outcome }) => outcome === 'readable')).toHaveLength(readable);
    expect(entries.filter(({ outcome }) => outcome === 'rejected')).toHaveLength(rejected);
    expect(entries.flatMap(({ problems }) => problems)).toEqual([]);
    expect([sumOf(retorno, 'paid'), sumOf(retorno, 'credited'), sumOf(retorno, 'fee')]).toEqual([paid, credited, fees]);
    expect(retorno.lines).toBe(retorno.structureLines + entries.flatMap(({ lines }) => lines).length);
    expect(retorno.isComplete).toBe(true);
    expect(retorno.checks.filter(({ agrees }) => !agrees).map(({ code }) => code)).toEqual(DISAGREEING[name] ?? []);
  });

  test.each(Object.entries(REFUSED))('%s is refused, and its bank named', (name, found) => {
    const result = readRetorno(sharedFile('retorno', name));
    expect(result).toEqual({ ok: false, problem: { code: 'LAYOUT_UNSUPPORTED', found } });
  });
});

describe.runIf(hasShared)('entries of the files', () => {
  test('Itaú credits net of the tarifa: the payer gave both', () => {
    const { entries } = retornoOf(sharedFile('retorno', 'brcobranca__CNAB400ITAU.RET'));
    expect(entries[0]).toMatchObject({
      line: 2,
      ourNumber: '00000011',
      titleKey: { issuerHint: '109', counter: '00000011', dvOk: true },
      occurrence: '06',
      event: 'paid',
      amounts: { title: 4_000n, paid: 4_000n, credited: 3_790n, fee: 210n },
      occurredOn: '2013-05-20',
      creditedOn: '2013-05-21',
      dueOn: null,
      flags: [],
    });
    expect(entries.at(-1)).toMatchObject({
      occurrence: '09',
      event: 'written_off',
      amounts: { title: 4_000n, paid: null, credited: null, fee: 210n },
      creditedOn: null,
    });
  });

  test('Banco do Brasil tells payment, credit and tarifa apart', () => {
    const { entries } = retornoOf(sharedFile('retorno', 'brcobranca__CNAB240.RET'));
    expect(entries[0]).toMatchObject({
      lines: [3, 4],
      ourNumber: '14499570000020673',
      titleKey: { issuerHint: '1449957', counter: '0000020673', dvOk: null },
      event: 'paid',
      motives: ['03'],
      amounts: { title: 34_400n, paid: 34_400n, credited: 34_297n, fee: 103n, interest: 9n, discount: 1n, rebate: 2n },
      // The project that keeps the file wrote amounts into the parts, so that they can be told apart.
      flags: ['SPLIT_DIFFERS'],
    });
  });

  test('a line of Bradesco that pays nothing has no amounts of a payment', () => {
    const { entries } = retornoOf(sharedFile('retorno', 'laravel__cnab400__bradesco.ret'));
    expect(entries.map(({ event, amounts: { paid } }) => [event, paid])).toEqual([
      ['registered', null],
      ['paid', 500n],
      ['paid', 2n],
      ['paid', 2n],
      ['paid', 2n],
      ['paid', 2n],
      ['paid', 2n],
    ]);
    expect(entries[0]?.titleKey).toEqual({ issuerHint: '09', counter: '00000000009', dvOk: true });
  });

  test('a record behind an entry belongs to it', () => {
    const { entries } = retornoOf(sharedFile('retorno', 'laravel__cnab400__santander_pix.ret'));
    expect(entries.map(({ lines }) => lines)).toEqual([[2, 3]]);
  });

  test('Caixa has its modality before the counter, and the payment before the credit', () => {
    const { entries } = retornoOf(sharedFile('retorno', 'laravel__cnab240__caixa.ret'));
    expect(entries[0]).toMatchObject({
      ourNumber: '24000000011136997',
      titleKey: { issuerHint: '24', counter: '000000011136997', dvOk: true },
      amounts: { title: 8_000n, paid: 8_000n, credited: 8_000n, fee: 125n },
      occurredOn: '2014-01-06',
      creditedOn: '2014-01-07',
    });
    expect(entries.every(({ titleKey }) => titleKey?.dvOk === true)).toBe(true);
  });

  test('an entry of Inter brings the number that the bank gave', () => {
    const { entries } = retornoOf(sharedFile('retorno', 'laravel__cnab400__inter.ret'));
    expect(entries[0]).toMatchObject({ event: 'registered', occurredOn: '2021-12-06', dueOn: '2021-12-07' });
  });
});
