import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { parseIsoDate } from '#calendar';
import { ADDRESS_FIELDS, detectDialect, REJECTION_CODES, REQUIRED_FIELDS, validateRow } from '#debts-csv';
import { centavos } from '#money';

const text = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'csv.md'), 'utf8');
const FIELDS: readonly string[] = [...REQUIRED_FIELDS, ...ADDRESS_FIELDS];

/** Rows of tables whose first cell is code. */
const rows = Array.from(text.matchAll(/^\| `([^`]+)` *\|(.*)\|$/gm), ([, name = '', rest = '']) => ({
  name,
  cells: rest.split('|').map((cell) => cell.trim()),
}));

/** The texts that are written as code in a cell. */
function codeIn(cell = ''): readonly string[] {
  return Array.from(cell.matchAll(/`([^`]+)`/g), ([, code = '']) => code);
}

const GOOD = {
  name: 'Maria da Silva',
  governmentId: '529.982.247-25',
  email: 'maria@example.com',
  debtAmount: '1234.56',
  debtDueDate: '2026-12-31',
  debtId: 'INV-1001',
};

/** How a file with these titles is read. */
function read(titles: readonly string[]) {
  const detection = detectDialect(Buffer.from(`${titles.join(',')}\n${Object.values(GOOD).join(',')}\n`));
  if (!detection.ok) throw new Error(detection.problem.message);
  return detection;
}

describe('docs/csv.md', () => {
  test('explains every rejection code once, and no other', () => {
    const codes = rows.map(({ name }) => name).filter((name) => /^[A-Z][A-Z_]+$/.test(name));

    expect(codes.toSorted()).toEqual([...REJECTION_CODES].toSorted());
  });

  test('says what to do about every rejection code', () => {
    const codes = rows.filter(({ name }) => REJECTION_CODES.some((code) => code === name));
    expect(codes.length).toBe(REJECTION_CODES.length);
    for (const { name, cells } of codes) {
      // A code about a cell has field, meaning, example and advice; a code about a row has no field.
      const whole = [
        'COLUMN_COUNT',
        'TOTALS_ROW',
        'QUOTE_INVALID',
        'RECORD_TOO_LONG',
        'ROW_TOO_SLOW',
        'ENCODING_INVALID',
      ];
      expect([name, cells.length]).toEqual([name, whole.includes(name) ? 3 : 4]);
      expect([name, cells.at(-1)]).toEqual([name, expect.stringMatching(/\w{3}/)]);
    }
  });

  test('lists every field, with titles that are understood', () => {
    const columns = rows.filter(({ name, cells }) => FIELDS.includes(name) && cells.length === 3);
    expect(columns.map(({ name }) => name)).toEqual(FIELDS);

    for (const { name, cells } of columns) {
      const titles = codeIn(cells[2]);
      expect(titles.length).toBeGreaterThan(0);
      for (const title of titles) {
        const others = Object.keys(GOOD).filter((field) => field !== name);
        const { mapping } = read([...others, title]).header;
        expect([title, mapping.columns.at(-1)?.field]).toEqual([title, name]);
      }
    }
  });

  test('gives examples that are rejected with the code they stand for', () => {
    const today = parseIsoDate('2026-11-21');
    if (today === undefined) throw new Error('not a date');
    const detection = read(Object.keys(GOOD));
    const examples = rows.flatMap(({ name, cells }) =>
      codeIn(cells[2]).flatMap((example) =>
        cells.length === 4 && REJECTION_CODES.some((code) => code === name)
          ? [{ code: name, field: codeIn(cells[0])[0] ?? '', example }]
          : [],
      ),
    );
    expect(examples.length).toBeGreaterThan(5);

    for (const { code, field, example } of examples) {
      const result = validateRow(Object.values({ ...GOOD, [field]: example }), {
        mapping: detection.header.mapping,
        dialect: detection.dialect,
        profile: 'strict',
        today,
        amountMax: centavos(9_999_999_999n),
      });
      const problems = result.ok ? [] : result.problems.map((problem) => [problem.field, problem.code]);
      expect([example, problems]).toEqual([example, [[field, code]]]);
    }
  });
});
