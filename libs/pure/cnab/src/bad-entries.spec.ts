import { describe, expect, test } from 'vitest';
import {
  bbLines,
  bytesOf,
  changed,
  ITAU_HEADER,
  itauLines,
  itauPayment,
  itauTrailer,
  segmentT,
  segmentU,
  type Put,
} from './files.fixture.ts';
import { retornoOf } from './shared.fixture.ts';

/** The codes of the problems of an Itaú payment with other texts in it. */
function codesOf(put: Put): readonly string[] {
  const lines = [ITAU_HEADER, itauPayment(2, put), itauTrailer(3, 1)];
  const [entry] = retornoOf(bytesOf(lines)).entries;
  return [entry?.outcome ?? '', ...(entry?.problems ?? []).map(({ code }) => code)];
}

/** The codes of each entry of a file of Banco do Brasil with these details. */
function codesOf240(details: readonly string[]): readonly (readonly string[])[] {
  const retorno = retornoOf(bytesOf(bbLines(details)));
  expect(retorno.lines).toBe(retorno.structureLines + retorno.entries.flatMap(({ lines }) => lines).length);
  return retorno.entries.map(({ outcome, problems }) => [outcome as string].concat(problems.map(({ code }) => code)));
}

describe('entries of 400 columns', () => {
  test.each<[string, Put, readonly string[]]>([
    ['letters in the payment', [[254, '00000000A3790']], ['rejected', 'AMOUNT_INVALID']],
    ['letters in the title', [[153, 'XXXXXXXXXXXXX']], ['rejected', 'AMOUNT_INVALID']],
    ['a payment with a sign', [[254, '-000000003790']], ['rejected', 'AMOUNT_INVALID']],
    ['30 February', [[111, '300213']], ['rejected', 'DATE_INVALID']],
    ['a month of 13', [[296, '011313']], ['rejected', 'DATE_INVALID']],
    ['letters in a date', [[147, '1A0513']], ['rejected', 'DATE_INVALID']],
    ['no date of the payment', [[111, '000000']], ['readable', 'DATE_MISSING']],
    ['letters in the number', [[63, '0000A011']], ['rejected', 'OUR_NUMBER_INVALID']],
    ['a blank occurrence', [[109, '  ']], ['rejected', 'OCCURRENCE_INVALID']],
    ['half a motive', [[378, ' 3']], ['rejected', 'MOTIVES_INVALID']],
    ['a number of the line with blanks in it', [[395, '  0002']], ['rejected', 'NUMBER_INVALID']],
    ['another number of the line', [[395, '000009']], ['readable', 'SEQUENCE_BROKEN']],
    ['letters in the bank of the payment', [[166, '1 4']], ['rejected', 'NUMBER_INVALID']],
    [
      'several faults at once',
      [
        [111, '300213'],
        [153, 'X'],
        [254, 'X'],
      ],
      ['rejected', 'AMOUNT_INVALID', 'AMOUNT_INVALID', 'DATE_INVALID'],
    ],
  ])('%s', (_name, put, codes) => {
    expect(codesOf(put)).toEqual(codes);
  });

  test('a problem has its line, its columns and its text', () => {
    const lines = [ITAU_HEADER, itauPayment(2, [[254, '00000000A3790']]), itauTrailer(3, 1)];
    expect(retornoOf(bytesOf(lines)).entries[0]).toMatchObject({
      outcome: 'rejected',
      ourNumber: '00000011',
      occurrence: '06',
      amounts: { title: null, paid: null, credited: null },
      occurredOn: null,
      problems: [{ code: 'AMOUNT_INVALID', line: 2, from: 254, to: 266, value: '00000000A3790' }],
    });
  });

  test.each([
    ['a column more', (line: string) => `${line}0`, 'LINE_LONG'],
    ['a column more in front', (line: string) => ` ${line}`, 'RECORD_UNKNOWN'],
    ['a column less', (line: string) => line.slice(0, -1), 'LINE_SHORT'],
    ['a column less in front', (line: string) => line.slice(1), 'RECORD_UNKNOWN'],
    ['240 columns', (line: string) => line.slice(0, 240), 'LINE_SHORT'],
    ['a line of a file of 240', () => segmentT(1), 'RECORD_UNKNOWN'],
  ])('%s', (_name, change, code) => {
    const lines = itauLines().map((line, at) => (at === 1 ? change(line) : line));
    const { entries } = retornoOf(bytesOf(lines));
    expect(entries.map(({ outcome }) => outcome)).toEqual(['rejected', 'readable']);
    expect(entries[0]?.problems.map((each) => each.code)).toContain(code);
  });

  test('a blank behind one line alone is a column more, unless the header has it too', () => {
    const lines = itauLines().map((line, at) => (at === 1 ? `${line} ` : line));
    expect(retornoOf(bytesOf(lines)).entries[0]?.problems.map(({ code }) => code)).toEqual(['LINE_LONG']);
  });

  test('other lines than payments leave the columns of a payment unread', () => {
    const entry = itauPayment(2, [
      [109, '02'],
      [254, 'XXXXXXXXXXXXX'],
      [267, '0000000000013'],
    ]);
    expect(retornoOf(bytesOf([ITAU_HEADER, entry, itauTrailer(3, 1)])).entries[0]).toMatchObject({
      outcome: 'readable',
      event: 'registered',
      amounts: { title: 4_000n, paid: null, credited: null, interest: null, fee: 210n },
    });
  });

  test('a companion stays with its entry, and one without an entry is rejected', () => {
    const companion = changed(' '.repeat(400), [
      [1, '3'],
      [395, '000003'],
    ]);
    const retorno = retornoOf(bytesOf([ITAU_HEADER, itauPayment(2), companion, itauTrailer(4, 1)]));
    expect(retorno.entries.map(({ lines }) => lines)).toEqual([[2, 3]]);
    const alone = retornoOf(bytesOf([ITAU_HEADER, companion, itauPayment(2), itauTrailer(4, 1)]));
    expect(alone.entries.map(({ outcome }) => outcome)).toEqual(['rejected', 'readable']);
  });

  test('an occurrence that the table of the bank lacks is kept, and shown', () => {
    const lines = [ITAU_HEADER, itauPayment(2, [[109, 'ZZ']]), itauTrailer(3, 1)];
    expect(retornoOf(bytesOf(lines)).entries[0]).toMatchObject({
      outcome: 'readable',
      event: 'unknown',
      occurrence: 'ZZ',
      flags: ['UNKNOWN_OCCURRENCE'],
    });
  });

  test('two equal payments in one file are two, the second one flagged', () => {
    const lines = [ITAU_HEADER, itauPayment(2), itauPayment(3), itauTrailer(4, 2)];
    const { entries } = retornoOf(bytesOf(lines));
    expect(entries.map(({ flags }) => flags)).toEqual([[], ['REPEATED_IN_FILE']]);
    expect(entries.map(({ fingerprint }) => fingerprint.repeat)).toEqual([0, 1]);
    expect(entries[0]?.fingerprint.text).toBe(entries[1]?.fingerprint.text);
  });

  test('an entry has the same fingerprint in a file of another day', () => {
    const first = retornoOf(bytesOf(itauLines())).entries[1];
    const header = changed(ITAU_HEADER, [
      [95, '210513'],
      [109, '00026'],
    ]);
    const second = retornoOf(bytesOf([header, itauPayment(2, [[86, '00000035']]), itauTrailer(3, 1)])).entries[0];
    expect(second?.fingerprint).toEqual(first?.fingerprint);
    const otherAccount = changed(header, [[33, '99999']]);
    const third = retornoOf(bytesOf([otherAccount, itauPayment(2, [[86, '00000035']]), itauTrailer(3, 1)])).entries[0];
    expect(third?.fingerprint).not.toEqual(first?.fingerprint);
  });
});

describe('entries of 240 columns', () => {
  test('T and U without each other', () => {
    expect(codesOf240([segmentT(1)])).toEqual([['rejected', 'T_WITHOUT_U']]);
    expect(codesOf240([segmentU(1)])).toEqual([['rejected', 'U_WITHOUT_T']]);
    expect(codesOf240([segmentT(1), segmentT(2), segmentU(3)])).toEqual([['rejected', 'T_WITHOUT_U'], ['readable']]);
    expect(codesOf240([segmentU(1), segmentT(2), segmentU(3)])).toEqual([['rejected', 'U_WITHOUT_T'], ['readable']]);
  });

  test('a U of another occurrence is not that of its T', () => {
    expect(codesOf240([segmentT(1), segmentU(2, [[16, '09']])])).toEqual([['rejected', 'OCCURRENCE_DIFFERS']]);
  });

  test('other segments stay with their entry', () => {
    const y = changed(segmentU(3), [
      [14, 'Y'],
      [18, '03'],
    ]);
    expect(retornoOf(bytesOf(bbLines([segmentT(1), segmentU(2), y]))).entries[0]?.lines).toEqual([3, 4, 5]);
    expect(codesOf240([changed(y, [[9, '00001']])])).toEqual([['rejected', 'RECORD_UNKNOWN']]);
  });

  test.each<[string, readonly string[], readonly string[]]>([
    ['another bank', [segmentT(1, [[1, '237']]), segmentU(2)], ['rejected', 'BANK_DIFFERS']],
    ['a year of 3201', [segmentT(1), segmentU(2, [[138, '02103201']])], ['rejected', 'DATE_INVALID']],
    ['100 billion reais', [segmentT(1, [[82, '900000000000000']]), segmentU(2)], ['rejected', 'AMOUNT_ABSURD']],
    ['another currency', [segmentT(1, [[131, '02']]), segmentU(2)], ['rejected', 'NUMBER_INVALID']],
    ['a broken sequence', [segmentT(1), segmentU(9)], ['readable', 'SEQUENCE_BROKEN']],
    ['a line cut behind the title', [segmentT(1).slice(0, 130), segmentU(2)], ['rejected', 'LINE_SHORT']],
    ['241 columns', [segmentT(1), `${segmentU(2)} `], ['rejected', 'LINE_LONG']],
  ])('%s', (_name, details, codes) => {
    expect(codesOf240(details)).toEqual([codes]);
  });
});
