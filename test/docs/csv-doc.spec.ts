import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { describe, expect, test } from 'vitest';
import { parseIsoDate } from '#calendar';
import { CSV_HEADER, detectDialect, FIELDS, PROFILES, REJECTION_CODES, REJECTIONS, validateRow } from '#debts-csv';
import { centavos } from '#money';
import { TABLES, tablesIn, withTables } from './csv-tables.ts';

const page = join(import.meta.dirname, '..', '..', 'docs', 'csv.md');
const text = readFileSync(page, 'utf8');

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
  test('has the tables that the code gives', async () => {
    expect(tablesIn(text).toSorted()).toEqual(Object.keys(TABLES).toSorted());
    const options = await resolveConfig(page);
    await expect(await format(withTables(text), { ...options, parser: 'markdown' })).toMatchFileSnapshot(page);
  });

  test('begins its example with the header of the required columns', () => {
    expect(text).toContain(`\`\`\`csv\n${CSV_HEADER}\n`);
  });

  test('explains every rejection code once, and no other', () => {
    const codes = rows.map(({ name }) => name).filter((name) => /^[A-Z][A-Z_]+$/.test(name));

    expect(codes.toSorted()).toEqual([...REJECTION_CODES].toSorted());
  });

  test('says what to do about every rejection code', () => {
    const codes = rows.filter(({ name }) => REJECTION_CODES.some((code) => code === name));
    expect(codes.length).toBe(REJECTION_CODES.length);
    for (const { name, cells } of codes) expect([name, cells.at(-1)]).toEqual([name, expect.stringMatching(/\w{3}/)]);
  });

  test('lists every field, with titles that are understood', () => {
    const columns = rows.filter(({ name, cells }) => FIELDS.some((field) => field === name) && cells.length === 3);
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
    const examples = REJECTION_CODES.flatMap((code) => {
      const { about, example } = REJECTIONS[code];
      return about === 'row' || about === 'any'
        ? []
        : codeIn(example).map((cell) => ({ code, field: about, example: cell }));
    });
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

  test.each([
    [
      'docs/glossary.md',
      PROFILES.map((profile) => `\`${profile}\``)
        .join(', ')
        .replace(/, (?=[^,]*$)/, ' or '),
    ],
    ['scripts/demo.mjs', `--profile ${PROFILES.join('|')}`],
    ['migrations/schema.sql', `ARRAY[${PROFILES.map((profile) => `'${profile}'::text`).join(', ')}]`],
  ])('%s knows the same profiles', (path, list) => {
    expect(readFileSync(join(page, '..', '..', path), 'utf8')).toContain(list);
  });
});
