import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { csvCell, csvLine, csvParseOptions, parseCells } from './cells.ts';
import { CSV_PIECES } from './noise.fixture.ts';
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

test('what csvLine writes is read back, apart from the apostrophe before a formula', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (cells) => {
      const [read] = parse(csvLine(cells), { relax_column_count: true, record_delimiter: '\r\n' });
      expect(read?.map((cell, i) => (cells[i] === cell ? cell : cell.slice(1)))).toEqual(cells);
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

test('a cell is quoted only where it has to be', () => {
  expect(csvCell('João da Silva')).toBe('João da Silva');
  expect(csvCell('')).toBe('');
  expect(csvCell('Silva, João')).toBe('"Silva, João"');
  expect(csvCell('a"b')).toBe('"a""b"');
  expect(csvCell('a\nb')).toBe('"a\nb"');
  expect(csvCell(' a')).toBe('" a"');
  expect(csvLine(['a', 'b,c'])).toBe('a,"b,c"\r\n');
});
