import { describe, expect, test } from 'vitest';
import { hasCases, problemsOf, readCase } from './read-case.fixture.ts';

describe.skipIf(!hasCases)('cells', () => {
  test("documento-com-ponto-zero: a document with decimals never becomes another person's", () => {
    expect(problemsOf(readCase('documento-com-ponto-zero.csv'))).toEqual([
      '2 DOCUMENT_INVALID',
      '3 DOCUMENT_INVALID',
      '4 DOCUMENT_INVALID',
    ]);
    expect(problemsOf(readCase('documento-com-ponto-zero.csv', 'lenient'))).toHaveLength(3);
  });

  test('documento-com-ponto-zero: spreadsheet restores zeros where only one document is possible', () => {
    const documents = readCase('documento-com-ponto-zero.csv', 'spreadsheet').map(({ result }) =>
      result.ok ? result.row.document : undefined,
    );
    expect(documents).toEqual(['01000000028', undefined, '52998224725']);
  });

  test('codigo-em-notacao-cientifica: a shortened id is refused, a similar one is kept', () => {
    const rows = readCase('codigo-em-notacao-cientifica.csv');
    expect(problemsOf(rows)).toEqual([2, 3, 4, 5].map((line) => `${line.toString()} DEBT_ID_INVALID`));
    expect(rows.flatMap(({ result }) => (result.ok ? [result.row.debtId] : []))).toEqual(['E-1E5']);
    expect(rows[0]?.result).toMatchObject({ problems: [{ message: expect.stringContaining('como texto') as string }] });
  });

  test('codigo-composto: an id typed on a Mac is the id typed on Windows', () => {
    const [windows, mac] = ['codigo-composto.1-nfc.csv', 'codigo-composto.2-nfd.csv'].map((file) => readCase(file)[0]);
    expect(windows?.result.ok).toBe(true);
    expect(mac).toEqual(windows);
  });

  test('data-com-hora: midnight is dropped, and an ambiguous year of two digits is refused', () => {
    const rows = readCase('data-com-hora.csv');
    expect(rows.flatMap(({ result }) => (result.ok ? [[result.row.debtId, result.row.dueDate]] : []))).toEqual([
      ['DH-1', '2026-12-31'],
      ['DH-2', '2026-12-31'],
      ['DH-3', '2026-12-31'],
      ['DH-4', '2027-02-01'],
    ]);
    expect(problemsOf(rows)).toEqual(['6 DUE_DATE_INVALID']);
  });
});
