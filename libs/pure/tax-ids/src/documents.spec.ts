import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCnpj } from './cnpj.ts';
import { parseCpf } from './cpf.ts';
import {
  explainDocument,
  formatDocument,
  maskDocument,
  parseDocument,
  parseIdentityNumber,
  restoreFromDecimals,
  restoreLeadingZeros,
} from './document.ts';
import { normaliseDocument } from './normalise.ts';

interface Fixture {
  readonly value: string;
  readonly valid: boolean;
  readonly why: string;
}

const fixtures = JSON.parse(
  readFileSync(new URL('../../../../test/fixtures/documents.json', import.meta.url), 'utf8'),
) as { readonly cpf: readonly Fixture[]; readonly cnpj: readonly Fixture[] };

test.each(fixtures.cpf)('CPF $value, $why: $valid', ({ value, valid }) => {
  expect(parseCpf(value) !== undefined).toBe(valid);
  expect(parseDocument(value)?.kind).toBe(valid ? 'cpf' : undefined);
});

test.each(fixtures.cnpj)('CNPJ $value, $why: $valid', ({ value, valid }) => {
  expect(parseCnpj(value) !== undefined).toBe(valid);
  expect(parseDocument(value)?.kind).toBe(valid ? 'cnpj' : undefined);
});

test('a document is stored without punctuation, in upper case, with all other characters', () => {
  expect(normaliseDocument(' 12.abc.345/01de-35 ')).toBe('12ABC34501DE35');
  expect(normaliseDocument('529 982 247-25')).toBe('52998224725');
  expect(normaliseDocument('12ábc?')).toBe('12áBC?');
  expect(normaliseDocument('ı')).toBe('ı');
  expect(parseDocument('12.abc.345/01de-35')).toEqual({ kind: 'cnpj', value: '12ABC34501DE35' });
});

test.each([
  ['', 'empty'],
  [' .-/ ', 'empty'],
  ['5.2998224725E+10', 'scientific-notation'],
  ['5,3e+10', 'scientific-notation'],
  ['5E+10', 'scientific-notation'],
  ['529982247A5', 'letters'],
  ['12ÁBC34501DE35', 'letters'],
  ['12ABC34501DEA5', 'letters'],
  ['#N/A', 'letters'],
  ['191', 'lost-leading-zeros'],
  ['272727272', 'length'],
  ['529982247255', 'length'],
  ['ABC', 'length'],
  ['11111111111', 'repeated'],
  ['00000000000000', 'repeated'],
  ['529.982.247-26', 'check-digits'],
  ['R55231B3000700', 'check-digits'],
  ['12345678901E35', 'check-digits'],
] as const)('%j is refused because of %s', (text, problem) => {
  expect(explainDocument(text)).toBe(problem);
});

test.each([
  ['1000000028.0', 'decimals'],
  ['1000000028,00', 'decimals'],
  ['529982247.25', 'decimals'],
  ['52998224725.0', 'decimals'],
  ['1.000.000.028.0', 'punctuation'],
  ['52.998.224.725', 'punctuation'],
  ['52998224725-', 'punctuation'],
  ['5.2998224725E10', 'scientific-notation'],
] as const)('%j is not a document, although its digits are one or nearly one: %s', (text, problem) => {
  expect(parseDocument(text)).toBeUndefined();
  expect(explainDocument(text)).toBe(problem);
});

test.each([
  '529.982.247-25',
  '529 982 247 25',
  '529.982.247.25',
  '529982247-25',
  '529.982.247\u201325',
  '529.982.247\u221225',
])('%j is punctuated as people punctuate a CPF', (text) => {
  expect(parseDocument(text)).toEqual({ kind: 'cpf', value: '52998224725' });
});

test.each([
  ['52998224725.0', '52998224725'],
  ['52998224725,00', '52998224725'],
  ['3641450055.0', '03641450055'],
  ['11222333000181.0', '11222333000181'],
  ['191.0', undefined],
  ['52998224725.5', undefined],
  ['52998224725.', undefined],
  ['52998224725', undefined],
])('%j without its decimals is the document %s', (text, document) => {
  expect(restoreFromDecimals(text)?.value).toBe(document);
});

test.each([
  ['9558', '9558'],
  ['043-97-2163', '043972163'],
  ['043 97 2163', '043972163'],
  ['12.345.678-9', '123456789'],
  ['12.345-6', '123456'],
  ['1.234.567', '1234567'],
  ['529.982.247-26', '52998224726'],
  ['1.234', undefined],
  ['1000000028.0', undefined],
  ['12.5', undefined],
  ['-1234', undefined],
  ['1234-', undefined],
  ['1,5', undefined],
  ['12.3456', undefined],
  ['123456789012345', undefined],
  ['', undefined],
])('%j is the number %s', (text, number) => {
  expect(parseIdentityNumber(text)).toBe(number);
});

test('a CNPJ that lost its zeros in a spreadsheet is reported as such', () => {
  expect(explainDocument('05.570.714/0001-59')).toBeUndefined();
  expect(explainDocument('5570714000159')).toBe('lost-leading-zeros');
});

test.each([
  ['1234567891', undefined],
  ['3641450055', '03641450055'],
  ['36.414.500-55', '03641450055'],
  ['364145005', undefined],
  ['191', undefined],
  ['0', undefined],
  ['', undefined],
  ['52998224725', undefined],
  ['03641450055', undefined],
  ['364145005A', undefined],
  ['364145005.5', undefined],
  ['36414500.55', undefined],
  ['5E+10', undefined],
])('%j with its lost zeros restored is %s', (text, cpf) => {
  expect(restoreLeadingZeros(text)).toBe(cpf);
});

test('a valid document has no problem', () => {
  expect(explainDocument('529.982.247-25')).toBeUndefined();
  expect(explainDocument('12ABC34501DE35')).toBeUndefined();
});

describe('check digits', () => {
  const valid = fc.constantFrom(...[...fixtures.cpf, ...fixtures.cnpj].filter((each) => each.valid));

  test('a wrong check digit is always refused', () => {
    fc.assert(
      fc.property(valid, fc.constantFrom(1, 2), fc.integer({ min: 1, max: 9 }), ({ value }, fromEnd, shift) => {
        const document = normaliseDocument(value);
        const at = document.length - fromEnd;
        const wrong = document.slice(0, at) + ((Number(document[at]) + shift) % 10).toString() + document.slice(at + 1);
        return parseDocument(wrong) === undefined && explainDocument(wrong) === 'check-digits';
      }),
    );
  });

  test('a number with decimals is no document, or the one before its point', () => {
    const decimals = fc.constantFrom('.', '.0', '.00', '.000', ',0', ',00', '.5', '.25');
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 99_999_999_999_999n }), decimals, (number, end) => {
        const text = number.toString() + end;
        const restored = restoreFromDecimals(text)?.value;
        return (
          parseDocument(text) === undefined &&
          restoreLeadingZeros(text) === undefined &&
          parseIdentityNumber(text) === undefined &&
          (restored === undefined || BigInt(restored) === number)
        );
      }),
    );
  });

  test('a printed document is read back unchanged', () => {
    fc.assert(
      fc.property(valid, ({ value }) => {
        const document = normaliseDocument(value);
        return parseDocument(formatDocument(document))?.value === document;
      }),
    );
  });
});

test('documents are printed with punctuation', () => {
  expect(formatDocument('52998224725')).toBe('529.982.247-25');
  expect(formatDocument('12ABC34501DE35')).toBe('12.ABC.345/01DE-35');
  expect(formatDocument('123')).toBe('123');
});

test('documents are masked for logs and screens', () => {
  expect(maskDocument('52998224725')).toBe('***.982.247-**');
  expect(maskDocument('12ABC34501DE35')).toBe('**.ABC.345/****-**');
  expect(maskDocument('5299822')).toBe('***');
});
