import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayNumber, parseIsoDate, type CalendarDate } from '#calendar';
import { centavos } from '#money';
import type { Dialect } from '../dialect/dialect.ts';
import { decodeRecord } from '../dialect/encoding.ts';
import { isEmail } from '../row/email.ts';
import type { RowContext } from '../row/row-context.ts';
import { validateRow, type ParsedRow } from '../row/row.ts';
import { isPlainEmail } from './plain-email.ts';
import { PlainRowReader } from './plain-row.ts';

const encoder = new TextEncoder();

function day(text: string): CalendarDate {
  const date = parseIsoDate(text);
  if (date === undefined) throw new Error(`${text} is no date`);
  return date;
}

const DIALECT: Dialect = {
  delimiter: ',',
  encoding: 'utf-8',
  bom: false,
  decimal: '.',
  decimalSure: true,
  date: 'iso',
  dateFixed: false,
  newline: 'lf',
};

const MAPPING: RowContext['mapping'] = {
  indexes: { name: 1, governmentId: 0, email: 2, debtAmount: 3, debtDueDate: 4, debtId: 6 },
  columns: [],
  ignored: [{ header: 'seller', index: 5 }],
  columnCount: 7,
};

function context(overrides: Partial<RowContext> = {}): RowContext {
  return {
    mapping: MAPPING,
    dialect: DIALECT,
    profile: 'strict',
    today: day('2026-11-21'),
    amountMax: centavos(9_999_999_999n),
    ...overrides,
  };
}

interface Read {
  readonly name: string;
  readonly document: string;
  readonly email: string;
  readonly amount: bigint;
  readonly dueDay: number;
  readonly debtId: string;
}

/** The result of PlainRowReader for a record inside a chunk; undefined if it leaves the record to validateRow. */
function readPlain(record: Uint8Array, given: RowContext, dialect = DIALECT): Read | undefined {
  const before = encoder.encode('another,row\n');
  const bytes = Buffer.concat([before, record, encoder.encode('\nand,one,more')]);
  const row = new PlainRowReader(bytes, dialect, given);
  if (!row.read(before.length, before.length + record.length)) return undefined;
  const text = ({ start, end }: { start: number; end: number }): string => bytes.toString('utf8', start, end);
  return {
    name: text(row.name),
    document: row.documentDigits.toString('latin1', 0, row.documentLength),
    email: text(row.email),
    amount: BigInt(row.amount),
    dueDay: row.dueDay,
    debtId: text(row.debtId),
  };
}

/** The result of validateRow for the same record; undefined if it rejects the record. */
function readInFull(record: Uint8Array, given: RowContext, dialect = DIALECT): ParsedRow | undefined {
  const text = decodeRecord(record, dialect.encoding);
  const result = text === undefined ? undefined : validateRow(text.split(dialect.delimiter), given);
  return result?.ok === true ? result.row : undefined;
}

function asRead({ name, document, email, amount, dueDate, debtId }: ParsedRow): Read {
  return { name, document, email, amount, dueDay: dayNumber(dueDate), debtId };
}

const CELLS = {
  governmentId: ['52998224725', '529.982.247-25', '05.570.714/0001-59', '1234', '12345678909'],
  name: ['Ana Conceição', 'João D’Ávila', "Maria D'Ávila", 'Ĳssel Ȧȿ', 'X'],
  email: ['ana@example.com', 'a.b+c@mail.example.com.br', "o'neil@x-y.org"],
  debtAmount: ['10', '1234.5', '1234.56', '0.07', '99999999.99'],
  debtDueDate: ['2026-11-21', '31/12/2026', '2028-02-29'],
  seller: ['', 'loja 7', 'São Luís'],
  debtId: ['FAT-1', 'a', '0190 / 7', '6f9619ff-8b86-d011-b42d-00cf4fc964ff'],
} as const;
type Column = keyof typeof CELLS;
const COLUMNS = ['governmentId', 'name', 'email', 'debtAmount', 'debtDueDate', 'seller', 'debtId'] as const;

/** Texts that make a cell unusual, or wrong. */
const ODD = [
  '',
  ' ',
  'a  b',
  ' a',
  'a ',
  "'0123",
  '="0123"',
  '=1',
  '1000000028.0',
  '52998224725.0',
  '529982247.25',
  '529.982.247.25',
  '529.98224725',
  '1.000.000.028.0',
  '12.345.678-9',
  '1.234.567',
  '043-97-2163',
  '-1234',
  '1234-',
  '52998224725E10',
  '529.982.247\u201325',
  '#N/D',
  '#REF!',
  'NULL',
  'nan',
  'None',
  '<NA>',
  'undefined',
  '-',
  '----------------------------------------',
  '2,02611E+11',
  '1.5e15',
  '5E-3',
  'E-1E5',
  'Marc\u0327o',
  'A\u00ADB',
  'https://evil.example/x',
  'x://y',
  'WWW.evil',
  'evil.example/pague',
  'Padaria S/A',
  'J.C. Silva/ME',
  'Bar e Cia. S.A.',
  '1.234',
  '1,5',
  '-1',
  '1.',
  '.5',
  '0',
  '00010.00',
  '1e3',
  'R$ 10',
  '100000000.00',
  '11111111111',
  '12ABC34501DE35',
  '.',
  '2026-02-30',
  '2026-11-20',
  '1999-01-01',
  '2042-01-01',
  '31-12-2026',
  '2026/12/31',
  'ana@localhost',
  'ana@example.c0m',
  'ana@@example.com',
  'ana.@example.com',
  'ana@-a.com',
  'ana@a..com',
  'é@example.com',
  'x'.repeat(121),
  'ção'.repeat(50),
  '\u0000',
  '\t',
  '\u007f',
  '\u00a0',
  '\u200b',
  '\u202e',
  'Ω',
  'ɏ',
  'ɐ',
  '😀',
  '\ufeff',
  '"',
  'a"b',
  '|',
];

const cell = (column: Column): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 30, arbitrary: fc.constantFrom(...CELLS[column]) },
    { weight: 2, arbitrary: fc.constantFrom(...ODD) },
    { weight: 1, arbitrary: fc.string({ maxLength: 8 }) },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 4 }) },
  );
const cells = fc
  .tuple(...COLUMNS.map(cell))
  .chain((all) =>
    fc.oneof(
      { weight: 10, arbitrary: fc.constant(all) },
      { weight: 1, arbitrary: fc.constant(all.slice(1)) },
      { weight: 1, arbitrary: fc.constant([...all, '']) },
    ),
  );
/** Fourteen digits or fewer with any separators between them. */
const punctuated = fc
  .array(fc.tuple(fc.constantFrom('', '', '', '.', '-', '/', ' '), fc.nat(9).map(String)), {
    minLength: 1,
    maxLength: 14,
  })
  .chain((parts) => fc.constantFrom('', '', '.', '.0', '-').map((end) => parts.flat().join('') + end));
const realAndPunctuated = fc
  .tuple(
    fc.constantFrom('52998224725', '11222333000181', '00000000191'),
    fc.nat(14),
    fc.constantFrom('.', '-', '/'),
    fc.nat(14),
  )
  .map(([digits, at, separator, other]) =>
    Array.from(digits, (digit, place) => (place === at || place === other ? separator + digit : digit)).join(''),
  );
const contexts = fc
  .record({
    decimal: fc.constantFrom('.', ',' as const),
    decimalSure: fc.boolean(),
    date: fc.constantFrom('iso', 'br', 'us' as const),
    dateFixed: fc.boolean(),
    dateOrder: fc.constantFrom('br', 'us', 'both' as const),
    profile: fc.constantFrom('strict', 'spreadsheet', 'lenient' as const),
    amountMax: fc.constantFrom(9_999_999_999n, 100_000n),
  })
  .map(({ profile, amountMax, ...dialect }) => context({ profile, amountMax: centavos(amountMax), dialect }));

describe('a row that is read as a plain one', () => {
  test('has the values that validateRow finds, whatever the cells hold', () => {
    let plain = 0;
    fc.assert(
      fc.property(cells, contexts, (row, given) => {
        const record = encoder.encode(row.join(','));
        const read = readPlain(record, given);
        if (read === undefined) return;
        plain += 1;
        const full = readInFull(record, given);
        expect(read).toEqual(full === undefined ? 'refused by validateRow' : asRead(full));
      }),
      { numRuns: 20_000 },
    );
    expect(plain).toBeGreaterThan(1_000);
  });

  test('has the document that validateRow finds, wherever its separators stand', () => {
    let plain = 0;
    fc.assert(
      fc.property(fc.oneof(punctuated, realAndPunctuated), contexts, (governmentId, given) => {
        const row = COLUMNS.map((column) => (column === 'governmentId' ? governmentId : CELLS[column][0]));
        row[COLUMNS.indexOf('debtDueDate')] = given.dialect.date === 'br' ? '31/12/2026' : '2026-12-31';
        const record = encoder.encode(row.join(','));
        const read = readPlain(record, given);
        if (read === undefined) return;
        plain += 1;
        const full = readInFull(record, given);
        expect(read).toEqual(full === undefined ? 'refused by validateRow' : asRead(full));
      }),
      { numRuns: 10_000 },
    );
    expect(plain).toBeGreaterThan(500);
  });

  test('has the values that validateRow finds, whatever bytes are in it and whatever the encoding', () => {
    const good = encoder.encode(COLUMNS.map((column) => CELLS[column][0]).join(';'));
    const semicolons: Dialect = { ...DIALECT, delimiter: ';' };
    const dialects = fc.constantFrom<Dialect>(semicolons, { ...semicolons, encoding: 'windows-1252' });
    const byte = fc.oneof(fc.integer({ min: 0x20, max: 0x7e }), fc.nat(255));
    const next = fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(255) });
    let plain = 0;
    fc.assert(
      fc.property(fc.nat(good.length - 1), byte, next, dialects, (at, first, second, dialect) => {
        const record = good.slice();
        record[at] = first;
        if (second > 0 && at + 1 < record.length) record[at + 1] = second;
        const read = readPlain(record, context(), dialect);
        if (read === undefined) return;
        plain += 1;
        const full = readInFull(record, context(), dialect);
        expect(read).toEqual(full === undefined ? 'refused by validateRow' : asRead(full));
      }),
      { numRuns: 20_000 },
    );
    expect(plain).toBeGreaterThan(500);
  });
});

test('every row that is as rows usually are is read as a plain one', () => {
  for (const column of COLUMNS) {
    const usual = CELLS[column].filter((text) => text !== '1234' && text !== 'João D’Ávila');
    for (const text of usual) {
      const row = COLUMNS.map((each) => (each === column ? text : CELLS[each][0])).join(',');
      expect([row, readPlain(encoder.encode(row), context()) !== undefined]).toEqual([row, true]);
    }
  }
});

test('documents of any length are plain where the profile takes them, and only there', () => {
  const row = encoder.encode('1234,Ana,ana@example.com,10,2020-01-31,,A');
  expect(readPlain(row, context({ profile: 'lenient' }))).toMatchObject({ document: '1234', amount: 1_000n });
  expect(readPlain(row, context())).toBeUndefined();
});

test('a file with addresses is left to validateRow', () => {
  const indexes = { ...MAPPING.indexes, city: 5 };
  const row = encoder.encode(COLUMNS.map((column) => CELLS[column][0]).join(','));
  expect(readPlain(row, context())).toBeDefined();
  expect(readPlain(row, context({ mapping: { ...MAPPING, indexes } }))).toBeUndefined();
});

test('an address that is read as a plain one is one', () => {
  const part = fc.constantFrom('a', 'B', '7', '.', '-', '@', '_', "'", '=', 'é', ' ', 'com', 'x'.repeat(63), 'xn--a');
  const anything = fc.array(part, { maxLength: 9 }).map((parts) => parts.join(''));
  const nearlyGood = fc
    .tuple(fc.constantFrom('ana@example.com', 'a.b-c@x.y.org', `${'x'.repeat(64)}@a.co`), fc.nat(14), part, fc.nat(1))
    .map(([address, at, inserted, removed]) => address.slice(0, at) + inserted + address.slice(at + removed));
  let plain = 0;
  fc.assert(
    fc.property(fc.oneof(anything, nearlyGood), (text) => {
      const bytes = encoder.encode(`,${text},`);
      if (!isPlainEmail(bytes, 1, bytes.length - 1)) return true;
      plain += 1;
      return isEmail(text);
    }),
    { numRuns: 20_000 },
  );
  expect(plain).toBeGreaterThan(1_000);
});
