import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CSV_PIECES } from '../dialect/noise.fixture.ts';
import { csvCell, csvLine, csvParseOptions, parseCells } from './cells.ts';
import { scanRecords, type Syntax } from './scan.ts';

const csvNoise = fc
  .array(fc.constantFrom(...CSV_PIECES), { maxLength: 40, size: 'max' })
  .map((pieces) => pieces.join(''));

const encoder = new TextEncoder();
const decoder = new TextDecoder();

test('csv-parse finds in the well-formed records the cells that parseCells finds, record by record', () => {
  const delimiters = fc.constantFrom<Syntax['delimiter']>(',', ';', '\t', '|');
  const newlines = fc.constantFrom<Syntax['newline']>('lf', 'crlf', 'cr');
  fc.assert(
    fc.property(csvNoise, delimiters, newlines, (text, delimiter, newline) => {
      const bytes = encoder.encode(text);
      const records = scanRecords(bytes, { delimiter, newline })
        .filter(({ flaw }) => flaw === undefined)
        .map(({ start, end }) => decoder.decode(bytes.subarray(start, end)));
      const options = csvParseOptions({ delimiter, newline });
      const parsed = records.length === 0 ? [] : parse(records.join(options.record_delimiter), options);
      expect(parsed).toEqual(records.map((record) => parseCells(record, delimiter)));
    }),
    { numRuns: 500 },
  );
});

test('a record is cut at its delimiters, quotes removed', () => {
  expect(parseCells('a,"b, ""c""",,d"e', ',')).toEqual(['a', 'b, "c"', '', 'd"e']);
  expect(parseCells('', ',')).toEqual(['']);
  expect(parseCells(',', ',')).toEqual(['', '']);
});

const withoutApostrophes = (cells: readonly string[]) => cells.map((cell) => cell.replaceAll("'", ''));

test('what csvLine writes is read back, apart from the apostrophes before formulas', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (cells) => {
      const [read] = parse(csvLine(cells), { relax_column_count: true, record_delimiter: '\r\n' });
      expect(withoutApostrophes(read ?? [])).toEqual(withoutApostrophes(cells));
    }),
  );
});

test('no cell starts like a formula', () => {
  for (const start of ['=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝', '＋', '－', '＠']) {
    expect(csvCell(`${start}1+1`)).toMatch(/^"?'/);
  }
  expect(csvCell('-1')).toBe("'-1");
  expect(csvCell('=HYPERLINK("x";"y")')).toBe('"\'=HYPERLINK(""x"";""y"")"');
});

/** Reads like the most lenient reader: lines and cells end at every separator, quoted or not. */
function bareCells(text: string, separator: string): readonly string[] {
  return text.split(/[\r\n]+/).flatMap((line) => line.split(separator));
}

/** Reads like a reader that knows quotes; returns nothing when it cannot read the text. */
function quotedCells(text: string, separator: string): readonly string[] {
  const rows: string[][] = parse(text, { delimiter: separator, relax_quotes: true, relax_column_count: true });
  return rows.flat();
}

describe('a program that takes another separator for ours (F11)', () => {
  const hostileRow = `Ana;=1+1;=cmd|'/C calc'!A0;1,00;2027-01-31;H1`;
  const separators = [',', ';', '\t', '|'];
  const formula = /^[" \0\u00a0]*[=+\-@＝＋－＠]/;

  test.each(separators)('finds no formula in a rejected row read with %j', (separator) => {
    for (const own of [',', ';'] as const) {
      const line = csvLine(['4', 'governmentId', '=1+1', 'DOCUMENT_INVALID', 'Corrija.', hostileRow], own);
      expect(quotedCells(line, separator).filter((cell) => formula.test(cell))).toEqual([]);
      const bare = separator === own ? [] : bareCells(line, separator);
      expect(bare.filter((cell) => formula.test(cell))).toEqual([]);
    }
    // Without the guard the same reader finds them: the test can fail.
    expect(bareCells(hostileRow, ';').filter((cell) => formula.test(cell))).toHaveLength(2);
  });

  test('finds none either in any text made of separators, quotes, line ends and formulas', () => {
    const pieces = [...separators, '"', "'", ' ', '\n', '\r\n', '=', '+', '-', '@', '＝', 'a', '1'];
    const text = fc.array(fc.constantFrom(...pieces), { maxLength: 24 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(
        text,
        fc.constantFrom(...separators),
        fc.constantFrom<',' | ';'>(',', ';'),
        (cell, separator, own) => {
          const line = csvLine(['4', cell, 'x', cell], own);
          const cells = separator === own ? quotedCells(line, separator) : bareCells(line, separator);
          expect(cells.filter((each) => /^[=+\-@＝＋－＠]/.test(each))).toEqual([]);
          const others = separator === own ? [] : cells;
          expect(others.filter((each) => formula.test(each))).toEqual([]);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('the comma stays what it is in a file of commas, which machines read', () => {
    expect(csvCell('Ana,-5')).toBe('"Ana,-5"');
    expect(csvCell('Ana,-5', ';')).toBe(`"Ana,'-5"`);
  });
});

test('a cell is quoted only where it has to be', () => {
  expect(csvCell('João da Silva')).toBe('João da Silva');
  expect(csvCell('')).toBe('');
  expect(csvCell('Silva, João')).toBe('"Silva, João"');
  expect(csvCell('a"b')).toBe('"a""b"');
  expect(csvCell('a\nb')).toBe('"a\nb"');
  expect(csvCell(' a')).toBe('" a"');
  expect(csvLine(['a', 'b,c'])).toBe('a,"b,c"\r\n');
});
