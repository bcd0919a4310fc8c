import { describe, expect, test } from 'vitest';
import { parseIsoDate } from '#calendar';
import { centavos } from '#money';
import type { RowContext } from '../row/row-context.ts';
import { validateRow, type RowResult } from '../row/row.ts';

const today = parseIsoDate('2026-11-21');
if (today === undefined) throw new Error('not a date');

const CONTEXT: RowContext = {
  mapping: {
    indexes: {
      name: 0,
      governmentId: 1,
      email: 2,
      debtAmount: 3,
      debtDueDate: 4,
      debtId: 5,
      street: 6,
      state: 7,
      postalCode: 8,
    },
    columns: [],
    ignored: [],
    columnCount: 9,
    cellsMin: 6,
  },
  dialect: { decimal: '.', decimalSure: true, date: 'iso', dateFixed: false },
  profile: 'strict',
  today,
  amountMax: centavos(9_999_999_999n),
};

/** The message of the first problem. */
const messageOf = (cells: readonly string[]): string | undefined => {
  const result = validateRow(cells, CONTEXT);
  return result.ok ? undefined : result.problems[0]?.message;
};

test('optional cells may be missing at the end, and the advice depends on which side the count is wrong', () => {
  const good = [
    'Ana',
    '529.982.247-25',
    'ana@example.com',
    '1234.56',
    '2026-12-31',
    'FAT-1',
    'Rua A',
    'SP',
    '01001-000',
  ];
  for (let count = 6; count <= 9; count++) expect(messageOf(good.slice(0, count))).toBeUndefined();
  expect(messageOf(good.slice(0, 5))).toMatch(/tem 5 colunas.* pelo menos 6.* Complete/);
  expect(messageOf([...good, 'x'])).toMatch(/tem 10 colunas.* entre aspas/);
});

describe('a row of totals', () => {
  test.each([
    ['Total', '', '', '1.234,00', '', ''],
    ['', '', '', 'Total geral: 1.234,00', '', ''],
    ['', '', '', '1.234,00', '', 'TOTAL'],
    ['Total', '', '', '1.234,00'],
    ['TOTAIS:', '-', '', '9', '', ''],
    ['Subtotal', 'Subtotal', '', '9', '', ''],
  ])('%j is told as one, and nothing else of it', (...cells) => {
    const result = validateRow(cells, CONTEXT);
    expect(result).toMatchObject({ ok: false, problems: [{ field: 'row', code: 'TOTALS_ROW' }] });
    expect(result.ok ? 0 : result.problems.length).toBe(1);
  });

  test.each([
    ['Total Service Ltda', '52998224725', 'ana@example.com', '', '2026-12-31', 'A'],
    ['Total', '', 'x', '1', '', ''],
    ['Total', '52998224725', '', '1', '', ''],
    ['Totalmente', '', '', '1', '', ''],
  ])('%j is none', (...cells) => {
    const result: RowResult = validateRow(cells, CONTEXT);
    expect(result.ok ? [] : result.problems.map(({ code }) => code)).not.toContain('TOTALS_ROW');
  });
});

describe('several columns for one field', () => {
  const mapping = {
    ...CONTEXT.mapping,
    indexes: { ...CONTEXT.mapping.indexes, city: 12 },
    further: { governmentId: [9], street: [10, 11], city: [13] },
    columnCount: 14,
  };
  function readMore(document: readonly [string, string], street: readonly string[] = [], city: readonly string[] = []) {
    const [first, second] = document;
    const required = ['Ana', first, 'ana@example.com', '1234.56', '2026-12-31', 'FAT-1'];
    const cells = [...required, street[0] ?? '', '', '', second, street[1] ?? '', street[2] ?? '', ...city];
    return validateRow(cells, { ...CONTEXT, mapping });
  }

  test('a CPF or a CNPJ is read where it stands, and never one of two people', () => {
    expect(readMore(['529.982.247-25', ''])).toMatchObject({ ok: true, row: { document: '52998224725' } });
    expect(readMore(['', '11.222.333/0001-81'])).toMatchObject({ ok: true, row: { documentKind: 'cnpj' } });
    expect(readMore(['-', '11.222.333/0001-81'])).toMatchObject({ ok: true, row: { documentKind: 'cnpj' } });
    expect(readMore(['52998224725', '529.982.247-25'])).toMatchObject({ ok: true });
    expect(readMore(['529.982.247-25', '11.222.333/0001-81'])).toMatchObject({
      problems: [
        { field: 'governmentId', code: 'DOCUMENT_INVALID', message: expect.stringContaining('dois') as string },
      ],
    });
    expect(readMore(['', ''])).toMatchObject({ problems: [{ field: 'governmentId', code: 'DOCUMENT_INVALID' }] });
  });

  test.each([
    [['Rua A', '10', 'ap 2'], 'Rua A, 10, ap 2'],
    [['', '10', ''], '10'],
    [['Rua A, 1', 'Rua A', ''], 'Rua A, 1'],
    [['Rua das Acácias, 1', 'Rua das Acácias', ''], 'Rua das Acácias, 1'],
    [['Rua das Acácias', 'Rua das Acácias, 1', ''], 'Rua das Acácias, 1'],
    [['Rua 10 de Maio', '10', ''], 'Rua 10 de Maio, 10'],
    [['a'.repeat(118), '10', '2'], `${'a'.repeat(118)}, 2`.slice(0, 118)],
  ])('the street %j is %j', (parts, street) => {
    expect(readMore(['52998224725', ''], parts)).toMatchObject({ ok: true, row: { address: { street } } });
  });

  test('of another address the first filled one counts', () => {
    expect(readMore(['52998224725', ''], [], ['', 'Recife'])).toMatchObject({ row: { address: { city: 'Recife' } } });
    expect(readMore(['52998224725', ''], [], ['Olinda', 'Recife'])).toMatchObject({
      row: { address: { city: 'Olinda' } },
    });
  });
});
