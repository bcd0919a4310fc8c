import { describe, expect, test } from 'vitest';
import { at, type Columns } from '../entry/columns.ts';
import { banrisulDigits, modulo11OrX } from './check-digits.ts';
import {
  ailosKey,
  bancoDoBrasilKey,
  banrisulKey,
  bradescoKey,
  caixa240Key,
  itauKey,
  santander240Key,
  santander400Key,
  sicoobKey,
  sicrediKey,
} from './title-keys.ts';

/** Reads columns from these texts; blanks elsewhere. */
function textsOf(...texts: readonly (readonly [Columns, string])[]): (columns: Columns) => string {
  return ({ from, to }) => texts.find(([each]) => each.from === from)?.[1] ?? ' '.repeat(to - from + 1);
}

describe('check digits of numbers in retornos', () => {
  const account = [
    [at(18, 21), '0730'],
    [at(24, 28), '03511'],
    [at(83, 85), '109'],
  ] as const;

  test.each([
    ['itauKey', itauKey('00000011', textsOf(...account, [at(94, 94), '4'])), true],
    ['itauKey', itauKey('00000011', textsOf(...account, [at(94, 94), '5'])), false],
    ['bradescoKey', bradescoKey('00000000303', textsOf([at(108, 108), '9'], [at(82, 82), '0'])), false],
    ['bradescoKey', bradescoKey('00005135000', textsOf([at(108, 108), '9'], [at(82, 82), '4'])), false],
    ['santander240Key', santander240Key('000000000140', textsOf([at(53, 53), '6'])), true],
    ['santander400Key', santander400Key('0000140', textsOf([at(70, 70), '6'])), true],
    ['caixa240Key', caixa240Key('24000000011136997', textsOf([at(57, 57), '9'])), true],
    ['banrisulKey', banrisulKey('22832563', textsOf([at(71, 72), '51'])), true],
  ])('%s', (_name, key, dvOk) => {
    expect(key?.dvOk).toBe(dvOk);
  });

  test('P and X are digits where a bank has them', () => {
    const numbers = Array.from({ length: 30 }, (_, n) => n.toString().padStart(11, '0'));
    expect(numbers.some((number) => modulo11OrX(number) === 'X')).toBe(true);
    const keys = numbers.slice(1).map((number) => bradescoKey(number, textsOf([at(108, 108), '9'], [at(82, 82), 'P'])));
    expect(keys.some((key) => key?.dvOk === true)).toBe(true);
  });

  test('a remainder of 1 makes the first of the two digits of Banrisul greater', () => {
    expect(banrisulDigits('00009194')).toHaveLength(2);
    expect(banrisulDigits('00009274')).toHaveLength(2);
  });
});

describe('parts of a number', () => {
  const nothing = textsOf();
  test('Banco do Brasil: ten digits behind a convênio of seven, five behind one of six', () => {
    expect(bancoDoBrasilKey('14499570000020673', nothing)).toEqual({
      issuerHint: '1449957',
      counter: '0000020673',
      dvOk: null,
    });
    expect(bancoDoBrasilKey('12345600042', nothing)).toEqual({ issuerHint: '123456', counter: '00042', dvOk: null });
    const dv = modulo11OrX('12345600042');
    expect(bancoDoBrasilKey('12345600042', textsOf([at(1, 1), '1'], [at(74, 74), dv]))?.dvOk).toBe(true);
    expect(bancoDoBrasilKey('1234567890', nothing)).toBeNull();
  });

  test('Sicredi: year and byte tell the issuer', () => {
    expect(sicrediKey('17200059', nothing)).toEqual({ issuerHint: '172', counter: '00059', dvOk: null });
    expect(sicrediKey('172000595', nothing)?.counter).toBe('00059');
  });

  test('Sicoob has seven of nine digits, Ailos nine behind the account', () => {
    expect(sicoobKey('000000008', nothing)?.counter).toBe('0000008');
    expect(ailosKey('00048981000000042', nothing)).toEqual({
      issuerHint: '00048981',
      counter: '000000042',
      dvOk: null,
    });
    expect(ailosKey('000000000000083', nothing)).toBeNull();
  });

  test.each(['', '00000000', '0000A011'])('no title has the number %j', (number) => {
    expect(itauKey(number, nothing)).toBeNull();
  });
});
