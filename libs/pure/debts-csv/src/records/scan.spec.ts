import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CSV_PIECES } from '../dialect/noise.fixture.ts';
import { newlineOf, RECORD_BYTES_MAX, scanRecords, withoutEndMarks, type Syntax } from './scan.ts';

const csvNoise = fc
  .array(fc.constantFrom(...CSV_PIECES), { maxLength: 40, size: 'max' })
  .map((pieces) => pieces.join(''));

const COMMA: Syntax = { delimiter: ',', newline: 'lf' };
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The result of the scanner for a text: [line, text, flaw?] for each record. */
function scan(text: string, syntax: Syntax = COMMA): readonly (readonly [number, string, string?])[] {
  const bytes = encoder.encode(text);
  return scanRecords(bytes, syntax).map(({ start, end, line, flaw }) => {
    const content = decoder.decode(bytes.subarray(start, end));
    return flaw === undefined ? [line, content] : [line, content, flaw];
  });
}

describe('well-formed text', () => {
  test('a record is a line without its end, and the last one may miss it', () => {
    expect(scan('a,b\nc,d\r\ne,f')).toEqual([
      [1, 'a,b'],
      [2, 'c,d'],
      [3, 'e,f'],
    ]);
  });

  test('blank lines are no records but count as lines', () => {
    expect(scan('\n\na\n  \t\n\r\nb\n\n')).toEqual([
      [3, 'a'],
      [6, 'b'],
    ]);
    expect(scan('')).toEqual([]);
  });

  test('a quoted line end does not end a record, and counts as a line', () => {
    expect(scan('"a\nb",c\n"d\r\n\r\ne"\r\nf')).toEqual([
      [1, '"a\nb",c'],
      [3, '"d\r\n\r\ne"'],
      [6, 'f'],
    ]);
  });

  test('a quote inside an unquoted cell is text', () => {
    expect(scan('5" screen,a"b\nc')).toEqual([
      [1, '5" screen,a"b'],
      [2, 'c'],
    ]);
    expect(scan(' "a\nb')).toEqual([
      [1, ' "a'],
      [2, 'b'],
    ]);
  });

  test('a doubled quote does not close its cell', () => {
    expect(scan('"a""\n""b",c\n"",""\nd')).toEqual([
      [1, '"a""\n""b",c'],
      [3, '"",""'],
      [4, 'd'],
    ]);
  });

  test('only the delimiter of the file starts a new cell', () => {
    expect(scan('a;"b\nc"', { delimiter: ';', newline: 'lf' })).toEqual([[1, 'a;"b\nc"']]);
    expect(scan('a;"b\nc', COMMA)).toEqual([
      [1, 'a;"b'],
      [2, 'c'],
    ]);
  });

  test('lines of an old Mac file end in CR, also where a stray LF follows', () => {
    expect(scan('a\r"b\rc"\r\nd\r', { delimiter: ',', newline: 'cr' })).toEqual([
      [1, 'a'],
      [2, '"b\rc"'],
      [4, 'd'],
    ]);
  });

  test('a CR alone is text where lines end in LF', () => {
    expect(scan('a\rb\nc')).toEqual([
      [1, 'a\rb'],
      [2, 'c'],
    ]);
  });
});

describe('wrong quotes cost one row', () => {
  test('text after a closing quote', () => {
    expect(scan('"a"b,c\nd,e')).toEqual([
      [1, '"a"b,c', 'malformed'],
      [2, 'd,e'],
    ]);
    expect(scan('"a"\rb\nc')).toEqual([
      [1, '"a"\rb', 'malformed'],
      [2, 'c'],
    ]);
  });

  test('a quote that is never closed', () => {
    expect(scan('a,b\nc,"d\ne,f\ng,h\n')).toEqual([
      [1, 'a,b'],
      [2, 'c,"d', 'malformed'],
      [3, 'e,f'],
      [4, 'g,h'],
    ]);
  });

  test('a quote that is never closed, before rows with quotes of their own', () => {
    expect(scan('"a,b\n"c, d",e\nf,g\n')).toEqual([
      [1, '"a,b', 'malformed'],
      [2, '"c, d",e'],
      [3, 'f,g'],
    ]);
  });

  test('a quoted cell is followed for RECORD_BYTES_MAX bytes and no further', () => {
    const fits = `"${'a\n'.repeat((RECORD_BYTES_MAX - 2) / 2)}"`;
    expect(scan(`${fits}\nb`)).toEqual([
      [1, fits],
      [RECORD_BYTES_MAX / 2 + 1, 'b'],
    ]);
    expect(scan(`${fits.slice(0, -1)}b"\nc`).slice(0, 2)).toEqual([
      [1, '"a', 'malformed'],
      [2, 'a'],
    ]);
  });

  test('a doubled quote across that limit does not close the cell', () => {
    const beforeLimit = `"a${'\na'.repeat((RECORD_BYTES_MAX - 2) / 2)}`;
    expect(scan(`${beforeLimit}""\n"\nb`)[0]).toEqual([1, '"a', 'malformed']);
    expect(scan(`${beforeLimit}"""\nb`)[0]).toEqual([1, '"a', 'malformed']);
  });

  test('a line longer than RECORD_BYTES_MAX ends at its newline', () => {
    const fits = 'a'.repeat(RECORD_BYTES_MAX);
    expect(scan(`${fits}\nb`)).toEqual([
      [1, fits],
      [2, 'b'],
    ]);
    for (const long of [`${fits}a`, `"${fits}`, `${fits}",`]) {
      expect(scan(`${long}\nb`)).toEqual([
        [1, long.slice(0, RECORD_BYTES_MAX), 'tooLong'],
        [2, 'b'],
      ]);
    }
  });
});

/** name;document;e-mail;amount;due date;id, and further columns. */
const DEBTS: Syntax = {
  delimiter: ';',
  newline: 'lf',
  shape: { cellsMin: 6, governmentId: 1, email: 2, debtDueDate: 4 },
};
const debt = (name: string, id: string, email = 'a@example.com'): string =>
  `${name};529.982.247-25;${email};10,00;31/12/2026;${id}`;

/** The same with columns before them. */
function shifted(by: number): Syntax {
  return { ...DEBTS, shape: { cellsMin: 6 + by, governmentId: 1 + by, email: 2 + by, debtDueDate: 4 + by } };
}

/** The first line and the flaw of each record. */
function flaws(lines: readonly string[], syntax = DEBTS): readonly (readonly [number, string?])[] {
  return scan(lines.join('\n'), syntax).map(([line, , flaw]) => (flaw === undefined ? [line] : [line, flaw]));
}

describe('a quoted cell that holds another row is not believed', () => {
  test('whichever columns the two wrong quotes stand in', () => {
    const columns = debt('Ana', 'A').split(';').length;
    for (let opens = 0; opens < columns; opens++) {
      for (let closes = 0; closes < columns; closes++) {
        const first = debt('Ana', 'A').split(';');
        const second = debt('Bia', 'B').split(';');
        first[opens] = `"${first[opens] ?? ''}`;
        second[closes] = `${second[closes] ?? ''}"`;
        const found = flaws([first.join(';'), second.join(';'), debt('Eva', 'C')]);
        expect([opens, closes, found]).toEqual([opens, closes, [[1, 'malformed'], [2], [3]]]);
      }
    }
  });

  test('also where one of the cells that tell is wrong, and where rows lie between', () => {
    expect(flaws([debt('"Ana', 'A', 'none'), debt('Cano 5"', 'B')])).toEqual([[1, 'malformed'], [2]]);
    expect(flaws([debt('"Ana', 'A'), debt('Bia', 'B'), debt('Cano 5"', 'C')])).toEqual([[1, 'malformed'], [2], [3]]);
    expect(flaws(['"x', debt('Bia', 'B'), debt('Cano 5"', 'C')])).toEqual([[1, 'malformed'], [2], [3]]);
  });

  test('but a cell of several lines is, with delimiters in it and wherever it stands', () => {
    const address = '"Rua A; 10; fundos; casa 2; bloco B; lote 3\nApto 5; Centro; Recife; PE; BR"';
    expect(flaws([debt('"Ana\nMaria"', 'A'), debt('"Silva; Souza\nAdvogados; Associados"', 'B')])).toEqual([[1], [3]]);
    expect(flaws([`${debt('Ana', 'A')};${address};x`])).toEqual([[1]]);
    expect(flaws([`${address};${debt('Ana', 'A')}`, 'x'], shifted(1))).toEqual([[1], [3]]);
    expect(flaws([debt('Ana', '"A\n"'), debt('Bia', 'B', '"b@example.com\n"'), debt('"\nEva"', 'C')])).toEqual([
      [1],
      [3],
      [5],
    ]);
    expect(flaws([`${debt('Ana', 'A')};"um\ndois";"três\nquatro"`])).toEqual([[1]]);
  });

  test('and without a shape every well-formed cell is', () => {
    expect(flaws([debt('"Ana', 'A'), debt('Cano 5"', 'B')], { delimiter: ';', newline: 'lf' })).toEqual([[1]]);
  });
});

describe('rows of separators alone', () => {
  test.each([';;;;;', ' ; ; ', '\t;;\r', '"";"";""', '" ";;', '\x1a', ';;\x1a'])('%j is blank', (line) => {
    expect(scan(`a;b\n${line}\nc;d`, DEBTS).map(([at]) => at)).toEqual([1, 3]);
  });

  test.each([';;x;', '";;', '"a";;', '"""";;', '"\n";;', ';"";x'])('%j is a row', (line) => {
    expect(scan(`a;b\n${line}\nc;d`, DEBTS).map(([at]) => at)).toContain(2);
  });

  test('are rows of a file that an earlier version cut', () => {
    expect(scan('a\n;;\n', { delimiter: ';', newline: 'lf' })).toHaveLength(2);
  });
});

test('line ends of two CRs and an LF are line ends, behind quotes as well', () => {
  expect(scan('a,b\r\r\n"c","d"\r\r\n"e"\r\r')).toEqual([
    [1, 'a,b'],
    [2, '"c","d"'],
    [3, '"e"'],
  ]);
});

test('the Ctrl-Z of MS-DOS at the end of a file is no text', () => {
  expect(decoder.decode(withoutEndMarks(encoder.encode('a,b\r\n\x1a\x1a')))).toBe('a,b\r\n');
  expect(decoder.decode(withoutEndMarks(encoder.encode('a\x1ab')))).toBe('a\x1ab');
});

test('every byte outside the records is white space, and a record knows its line', () => {
  fc.assert(
    fc.property(csvNoise, fc.constantFrom<Syntax['newline']>('lf', 'crlf', 'cr'), (text, newline) => {
      const bytes = encoder.encode(text);
      const records = scanRecords(bytes, { delimiter: ',', newline });
      let from = 0;
      for (const { start, end, line, flaw } of records) {
        expect(decoder.decode(bytes.subarray(from, start))).toMatch(/^[ \t\r\n]*$/);
        const before = decoder.decode(bytes.subarray(0, start));
        expect(line).toBe(before.split(newline === 'cr' ? '\r' : '\n').length);
        const next = flaw === 'tooLong' ? bytes.indexOf(newline === 'cr' ? 13 : 10, end) : end;
        from = next < 0 ? bytes.length : next;
      }
      expect(decoder.decode(bytes.subarray(from))).toMatch(/^[ \t\r\n]*$/);
    }),
  );
});

function prevailing(text: string): string {
  return newlineOf(encoder.encode(text));
}

test('the line end that prevails is the one of the file', () => {
  expect(prevailing('a')).toBe('lf');
  expect(prevailing('a\nb\r\n c\n')).toBe('lf');
  expect(prevailing('a\r\nb\r\n')).toBe('crlf');
  expect(prevailing('a\r\n"b\nc"\r\n')).toBe('crlf');
  expect(prevailing('a\rb\r')).toBe('cr');
  expect(prevailing('a\rb\n c\n')).toBe('lf');
  expect(prevailing('a\n"b\rc\rd\re"\n"f\rg\rh\ri"\n')).toBe('lf');
  expect(prevailing('a\r\n"b\rc\rd"\r\n')).toBe('crlf');
  expect(prevailing('"a\rb\r')).toBe('cr');
});
