import { describe, expect, test } from 'vitest';
import { caseFile, hasCases, outcomeOf, rowsOf } from './read-case.ts';

describe.skipIf(!hasCases)('what a row is', () => {
  test.each([1, 100_000])('polegadas-engolem-a-linha: a wrong quote costs its own row, chunks of %i bytes', (bytes) => {
    const read = rowsOf(caseFile('polegadas-engolem-a-linha.csv'), {}, bytes);
    expect(outcomeOf(read)).toEqual({ read: 3, accepted: ['PO-2', 'PO-3'], rejected: [[2, 'QUOTE_INVALID']] });
    expect(read.good.map(({ name }) => name)).toEqual(['Cano 5"', 'Carla Dias']);
  });

  test('linhas-so-de-separadores: rows of separators alone are blank', () => {
    const read = rowsOf(caseFile('linhas-so-de-separadores.csv'));
    expect(outcomeOf(read)).toEqual({ read: 3, accepted: ['LS-1', 'LS-2', 'LS-3'], rejected: [] });
    expect(read.good.map(({ line }) => line)).toEqual([2, 3, 24]);
  });

  test('colunas-opcionais-omitidas: optional cells may be missing at the end of a row', () => {
    const read = rowsOf(caseFile('colunas-opcionais-omitidas.csv'));
    expect(outcomeOf(read)).toEqual({
      read: 4,
      accepted: ['CO-1', 'CO-2', 'CO-3'],
      rejected: [[5, 'COLUMN_COUNT']],
    });
    expect(read.good.map(({ address }) => address)).toEqual([
      { street: 'Rua A, 10', district: 'Centro', city: 'Recife', state: 'PE', postalCode: '50010000' },
      { street: 'Rua B, 20', district: 'Centro', city: 'Recife' },
      undefined,
    ]);
    const message = read.bad[0]?.problems[0]?.message;
    expect(message).toContain('São precisas pelo menos 6');
    expect(message).not.toContain('aspas');
  });

  test.each([
    ['sep-entre-aspas.csv', 'SP-1'],
    ['sep-com-separadores.csv', 'SP-2'],
    ['sep-com-espaco.csv', 'SP-3'],
  ])('sep: %s is read below its sep= line', (file, debtId) => {
    expect(outcomeOf(rowsOf(caseFile(file)))).toEqual({ read: 1, accepted: [debtId], rejected: [] });
    const withBom = Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), caseFile(file)]);
    expect(outcomeOf(rowsOf(withBom)).accepted).toEqual([debtId]);
  });

  test('endereco-e-logradouro: two address columns refuse no debt', () => {
    const read = rowsOf(caseFile('endereco-e-logradouro.csv'));
    expect(outcomeOf(read)).toEqual({ read: 1, accepted: ['EL-1'], rejected: [] });
    expect(read.good[0]?.address).toEqual({ street: 'Rua A, 1' });
    expect(read.mapping.columns.filter(({ field }) => field === 'street').map(({ header }) => header)).toEqual([
      'Endereço',
      'Logradouro',
    ]);
  });
});
