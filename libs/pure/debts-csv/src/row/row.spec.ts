import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays, parseIsoDate, type CalendarDate } from '#calendar';
import { centavos } from '#money';
import { ReadingOpenError, type Aspect } from '../dialect/dialect.ts';
import { conflictProblem, flawProblem, REJECTION_CODES, REJECTIONS } from '../rejections.ts';
import type { Field } from './column-table.ts';
import type { RowContext } from './row-context.ts';
import { validateRow, type ParsedRow, type RowResult } from './row.ts';

function day(text: string): CalendarDate {
  const date = parseIsoDate(text);
  if (date === undefined) throw new Error(`${text} is no date`);
  return date;
}

const TODAY = day('2026-11-21');

const FIELDS = [
  'name',
  'governmentId',
  'email',
  'debtAmount',
  'debtDueDate',
  'debtId',
  'street',
  'state',
  'postalCode',
];

const GOOD: Readonly<Partial<Record<Field, string>>> = {
  name: 'Ana Conceição',
  governmentId: '529.982.247-25',
  email: 'ana@example.com',
  debtAmount: '1234.56',
  debtDueDate: '2026-12-31',
  debtId: 'FAT-1',
};

function context(overrides: Partial<RowContext> = {}): RowContext {
  return {
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
    },
    dialect: { decimal: '.', decimalSure: true, date: 'iso', dateFixed: false },
    profile: 'strict',
    today: TODAY,
    amountMax: centavos(9_999_999_999n),
    ...overrides,
  };
}

function dialect(overrides: Partial<RowContext['dialect']>): Partial<RowContext> {
  return { dialect: { ...context().dialect, ...overrides } };
}

function read(cells: Partial<Record<Field, string>>, overrides?: Partial<RowContext>): RowResult {
  const all: Readonly<Record<string, string | undefined>> = { ...GOOD, ...cells };
  return validateRow(
    FIELDS.map((field) => all[field] ?? ''),
    context(overrides),
  );
}

function row(cells: Partial<Record<Field, string>>, overrides?: Partial<RowContext>): ParsedRow {
  const result = read(cells, overrides);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.row;
}

/** The problems as `field CODE`. */
function problems(cells: Partial<Record<Field, string>>, overrides?: Partial<RowContext>): readonly string[] {
  const result = read(cells, overrides);
  return result.ok ? [] : result.problems.map(({ field, code }) => `${field} ${code}`);
}

test('a good row becomes values', () => {
  expect(row({})).toEqual({
    name: 'Ana Conceição',
    document: '52998224725',
    documentKind: 'cpf',
    email: 'ana@example.com',
    amount: 123_456n,
    dueDate: '2026-12-31',
    debtId: 'FAT-1',
    address: undefined,
  });
});

test('every problem of a row is reported at once, in the order of the fields, with the cell as it was', () => {
  const result = read({
    name: ' ',
    governmentId: '529.982.247-26',
    email: 'ana',
    debtAmount: 'x',
    debtDueDate: '2026-02-30',
    debtId: '',
    street: 'a'.repeat(500),
    state: '\u0001',
  });
  expect(result).toMatchObject({
    ok: false,
    problems: [
      { field: 'name', code: 'NAME_MISSING', value: ' ' },
      { field: 'governmentId', code: 'DOCUMENT_INVALID', value: '529.982.247-26' },
      { field: 'email', code: 'EMAIL_INVALID', value: 'ana' },
      { field: 'debtAmount', code: 'AMOUNT_INVALID', value: 'x' },
      { field: 'debtDueDate', code: 'DUE_DATE_INVALID', value: '2026-02-30' },
      { field: 'debtId', code: 'DEBT_ID_MISSING', value: '' },
      { field: 'street', code: 'FIELD_TOO_LONG', value: 'a'.repeat(200) },
      { field: 'state', code: 'TEXT_INVALID', value: '\u0001' },
    ],
  });
});

describe('columns', () => {
  const good = FIELDS.map((field) => (GOOD as Readonly<Record<string, string>>)[field] ?? '');

  test('a wrong number of them is the only problem reported', () => {
    for (const cells of [[], ['x'], good.slice(1), [...good, 'x']]) {
      const result = validateRow(cells, context());
      expect(result).toMatchObject({ ok: false, problems: [{ field: 'row', code: 'COLUMN_COUNT' }] });
    }
  });

  test('empty cells beyond the last title do no harm', () => {
    expect(validateRow([...good, '', ' '], context()).ok).toBe(true);
  });
});

describe('text', () => {
  test('white space around a cell is dropped, NBSP and zero-width characters included', () => {
    expect(row({ name: '\u00A0 Ana\u200B\t', email: ' ana@example.com ', debtId: '\uFEFFFAT-1 ' })).toMatchObject({
      name: 'Ana',
      email: 'ana@example.com',
      debtId: 'FAT-1',
    });
  });

  test('a name is put on one line', () => {
    expect(row({ name: 'Padaria\r\n  São João' }).name).toBe('Padaria São João');
  });

  test("Excel's ways of keeping a number's zeros are undone, a name keeps its apostrophe", () => {
    expect(row({ governmentId: '="52998224725"', debtId: "'007", name: "'t Hooft" })).toMatchObject({
      document: '52998224725',
      debtId: '007',
      name: "'t Hooft",
    });
  });

  test('control characters are refused, also those that turn the direction of writing', () => {
    expect(problems({ name: 'A\u0000na', debtId: 'FAT\u0007' })).toEqual(['name TEXT_INVALID', 'debtId TEXT_INVALID']);
    expect(problems({ name: 'Ana\u202Egnp' })).toEqual(['name TEXT_INVALID']);
    expect(problems({ debtId: 'FAT\n1' })).toEqual(['debtId TEXT_INVALID']);
  });

  test.each([
    ['Mensalidade Marc\u0327o-01', 'Mensalidade Março-01'],
    ['FAT\u00A01', 'FAT 1'],
    ['FAT  1', 'FAT 1'],
    ['FAT\u2003\u20021', 'FAT 1'],
    ['FA\u200BT\u20601', 'FAT1'],
    ['\u200EFAT\u200F1\u061C', 'FAT1'],
    ['FAT\u00AD1', 'FAT1'],
    ["\u2060'007", '007'],
    ['A\u0301\uFE0F', 'Á'],
    ['c\u034F\u0327', 'ç'],
  ])('the debt id %j is stored as %j, as what looks like it', (debtId, stored) => {
    expect(row({ debtId }).debtId).toBe(stored);
    expect(row({ debtId: stored }).debtId).toBe(stored);
  });

  test('a debt id of invisible characters alone is missing', () => {
    expect(problems({ debtId: ' \u200B\u00AD\u2060' })).toEqual(['debtId DEBT_ID_MISSING']);
  });

  test('a stored debt id is its own normal form', { timeout: 60_000 }, () => {
    const piece = fc.oneof(
      fc.constantFrom(' ', '\u00A0', '\u200B', '\u0327', 'c', '\u202F', '\u034F'),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const first = read({ debtId: `x${pieces.join('')}` });
        if (!first.ok) return;
        expect(row({ debtId: first.row.debtId }).debtId).toBe(first.row.debtId);
        expect(first.row.debtId).toBe(first.row.debtId.normalize('NFC'));
      }),
      { numRuns: 100 },
    );
  });

  test('a cell of more than 4,096 characters is the only kind of problem of its row', () => {
    const blanks = ' '.repeat(4_096);
    expect(problems({ name: `${blanks}x`, debtId: `x${blanks}`, email: 'no' })).toEqual([
      'name FIELD_TOO_LONG',
      'debtId FIELD_TOO_LONG',
    ]);
    expect(row({ name: `${blanks.slice(1)}x` }).name).toBe('x');
    expect(problems({ street: `é${blanks}` })).toEqual(['street FIELD_TOO_LONG']);
  });

  test('NUL never reaches a stored problem', () => {
    expect(read({ name: 'A\u0000na' })).toMatchObject({ problems: [{ value: 'A\uFFFDna' }] });
  });

  test('each text has its maximum', () => {
    expect(problems({ name: 'a'.repeat(120), debtId: 'a'.repeat(120) })).toEqual([]);
    expect(problems({ name: 'a'.repeat(121), debtId: 'a'.repeat(121) })).toEqual([
      'name FIELD_TOO_LONG',
      'debtId FIELD_TOO_LONG',
    ]);
    expect(problems({ email: `${'a'.repeat(250)}@example.com` })).toEqual(['email FIELD_TOO_LONG']);
  });
});

const ERROR_WORDS = ['#N/D', '#N/A', '#REF!', '#VALOR!', '#NOME?', '#núm!', '#DIV/0!', 'NULL', 'nan', 'None', '<NA>'];
const DASHES = ['-', '--', '\u2013', '\u2014', '####'];

describe('the damage of spreadsheets and programs', () => {
  test.each([...ERROR_WORDS, ...DASHES])('%j is no name, document, e-mail or debt id', (word) => {
    expect(problems({ name: word, governmentId: ` ${word}`, email: word, debtId: `${word} ` })).toEqual([
      'name NAME_INVALID',
      'governmentId DOCUMENT_INVALID',
      'email EMAIL_INVALID',
      'debtId DEBT_ID_INVALID',
    ]);
    expect(problems({ governmentId: word }, { profile: 'lenient' })).toEqual(['governmentId DOCUMENT_INVALID']);
  });

  test.each(['2,02611E+11', '1.5E+15', '2.02611e+11', '1.5e15', '5E+10', '1,00E-05', '+1,5E+15'])(
    '%j is no debt id: many ids look like it once a spreadsheet had them',
    (debtId) => {
      expect(problems({ debtId })).toEqual(['debtId DEBT_ID_INVALID']);
    },
  );

  test.each(['E-1E5', '1E5', '12E-3', '6e12ab', 'N/A-1', 'NULL-1', 'Nan 1', '0', '#12', '2026-11'])(
    '%j is one',
    (debtId) => {
      expect(row({ debtId }).debtId).toBe(debtId);
    },
  );

  test.each(['Nonenberg', 'Ana Null', 'Nandi', 'Undefined Ltda'])('%j is a name', (name) => {
    expect(row({ name }).name).toBe(name);
  });

  test.each([
    ['1000000028.0', 'casas decimais'],
    ['1000000028,00', 'casas decimais'],
    ['5.2998224725E+10', 'notação científica'],
    ['#N/D', 'erro da planilha'],
    ['52.998.224.725', 'sem pontuação'],
    ['3641450055', 'zeros à esquerda'],
  ])('a document %j is refused with a message about %s', (governmentId, message) => {
    expect(read({ governmentId })).toMatchObject({
      problems: [{ message: expect.stringContaining(message) as string }],
    });
  });
});

describe('links', () => {
  test.each([
    'PIX com desconto: https://evil.example/pague',
    'ftp://evil',
    'www.evil.example',
    'Veja WWW.evil',
    'evil.com/pague',
    'Ana, pague em pix-ja.com.br/x',
    'loja.рф/x',
    'http://www.x.com.br',
    'www.x.com.br',
    'x.com.br/ME',
    'Com.Br/SP',
    'wa.me/5511999999999',
    't.me/golpe',
    'Silva, bit.ly/3abc',
    'banco.ltda/pagar',
    'banco.ltda/me/pagar',
    'banco.ltda/me?x=1',
    'pix.sa/10',
    'golpe.com/SP',
    'ind.com/pague',
    'dr.com/SP',
    'ana.silva/me',
    'promo.solar/BA',
  ])('%j is neither a name nor a debt id', (text) => {
    expect(problems({ name: text, debtId: text })).toEqual(['name NAME_INVALID', 'debtId DEBT_ID_INVALID']);
  });

  test.each([
    'Padaria S/A',
    'J.C. Silva/ME',
    'Silva S.A.',
    'S.A./SP',
    'A. B. Lima',
    'Amazon.com.br Ltda',
    'C/C: 12/3',
    'NF 2026.11/001',
    'Comercial Souza Cia.Ltda/ME',
    'Transportes Lima Ltda.ME/SP',
    'Padaria Central Ltda.EPP/MG',
    'Oliveira & Filhos LTDA.-ME',
    'Auto Peças Lima S.A/RJ',
    'Usina Boa Vista SA.LTDA/SP filial 2',
    'Metalúrgica Ind.Com/ME',
    'Brasil Imp.Exp.Com/SP',
    'Comércio de Roupas Ltda.ME/Matriz',
    'Laticínios Vale Verde Ind.Com.Imp.Exp.Ltda/ME',
    'Construtora Alfa Constr.Eng/SP',
    'Cond.Ed.Solar/Bl.A',
    'Sr.João/Sra.Ana',
    'Dra.Marta/Dr.Paulo',
    'Esp.José/Maria',
  ])('%j is both', (text) => {
    expect(row({ name: text, debtId: text })).toMatchObject({ name: text, debtId: text });
  });
});

describe('document', () => {
  test('a CNPJ, with letters too', () => {
    expect(row({ governmentId: '12.abc.345/01de-35' })).toMatchObject({
      document: '12ABC34501DE35',
      documentKind: 'cnpj',
    });
  });

  test.each(['', '1234', '52998224726', '111.111.111-11', '5.2998224725E+10', '12ABC34501DE36'])(
    '%j is none under strict',
    (governmentId) => {
      expect(problems({ governmentId })).toEqual(['governmentId DOCUMENT_INVALID']);
    },
  );

  test.each([
    ['9558', '9558', 'other'],
    ['043-97-2163', '043972163', 'other'],
    ['12.345.678-9', '123456789', 'other'],
    ['529.982.247\u201325', '52998224725', 'cpf'],
    ['52998224726', '52998224726', 'other'],
    ['529.982.247-25', '52998224725', 'cpf'],
    ['12ABC34501DE35', '12ABC34501DE35', 'cnpj'],
  ])('%j is %j, %s, under lenient', (governmentId, document, documentKind) => {
    expect(row({ governmentId }, { profile: 'lenient' })).toMatchObject({ document, documentKind });
  });

  test.each([
    '',
    '-',
    'abc',
    '123456789012345',
    '1000000028.0',
    '9558.0',
    '9558,00',
    '1.234',
    '-9558',
    '5.2998224725E+10',
    '12ABC34501DE36',
    '１２３',
  ])('%j is none under lenient', (governmentId) => {
    expect(problems({ governmentId }, { profile: 'lenient' })).toEqual(['governmentId DOCUMENT_INVALID']);
  });
});

describe('e-mail', () => {
  test.each([
    'a@b.co',
    'first.last+tag@sub.example.com.br',
    "o'brien@example.com",
    'x_y-z@xn--80ak6aa92e.com',
    'a@b.xn--p1ai',
  ])('%j is one', (email) => {
    expect(row({ email }).email).toBe(email);
  });

  test.each([
    '',
    'ana',
    '@example.com',
    'ana@',
    'ana@example',
    'ana@@example.com',
    'a..b@example.com',
    '.a@example.com',
    'a.@example.com',
    'ana@example..com',
    'ana@-a.com',
    'ana@a-.com',
    'an a@example.com',
    'ana@exa mple.com',
    'a@example.com,b@example.com',
    'a@example.com;b@example.com',
    'Ana <ana@example.com>',
    'joão@example.com',
    'ana@[127.0.0.1]',
    'ana@127.0.0.1',
    'ana@example.c',
    'a\r\nBcc: x@example.com',
    `${'a'.repeat(65)}@example.com`,
    `a@${'b'.repeat(64)}.com`,
    'ana@example.com\nb',
  ])('%j is none', (email) => {
    expect(problems({ email })).toEqual(['email EMAIL_INVALID']);
  });
});

describe('amount', () => {
  test.each([
    ['7811', '.', 781_100n],
    ['1064.96', '.', 106_496n],
    ['1,064.9', '.', 106_490n],
    ['R$ 1.234,56', ',', 123_456n],
    ['1.234', ',', 123_400n],
    ['0,01', ',', 1n],
  ] as const)('%j with decimal %j is %d centavos', (debtAmount, decimal, amount) => {
    expect(row({ debtAmount }, dialect({ decimal })).amount).toBe(amount);
  });

  test.each([
    ['', '.'],
    ['1.234', '.'],
    ['1064.96', ','],
    ['1.234,56', '.'],
    ['0.123', ','],
    ['1e3', '.'],
    ['12,34.56', '.'],
    ['9'.repeat(50), '.'],
    ['--1', '.'],
  ] as const)('%j with decimal %j is none', (debtAmount, decimal) => {
    expect(problems({ debtAmount }, dialect({ decimal }))).toEqual(['debtAmount AMOUNT_INVALID']);
  });

  test('what could be a thousand times less is refused unless the decimal is sure', () => {
    expect(problems({ debtAmount: '1,234' }, dialect({ decimalSure: false }))).toEqual(['debtAmount AMOUNT_INVALID']);
    expect(row({ debtAmount: '1,234.00' }, dialect({ decimalSure: false })).amount).toBe(123_400n);
    expect(row({ debtAmount: '1,234' }).amount).toBe(123_400n);
  });

  test('zero, less than zero, and more than a boleto can carry', () => {
    expect(problems({ debtAmount: '0.00' })).toEqual(['debtAmount AMOUNT_NOT_POSITIVE']);
    expect(problems({ debtAmount: '-12.00' })).toEqual(['debtAmount AMOUNT_NOT_POSITIVE']);
    expect(row({ debtAmount: '99999999.99' }).amount).toBe(9_999_999_999n);
    expect(problems({ debtAmount: '100000000.00' })).toEqual(['debtAmount AMOUNT_TOO_LARGE']);
  });
});

/** Reads a row while something about its file is open. */
function open(aspect: Aspect, cells: Partial<Record<Field, string>>): () => unknown {
  return () => read(cells, dialect({ open: [aspect] }));
}

describe('due date', () => {
  test('both forms are read, unless the uploader fixed one', () => {
    expect(row({ debtDueDate: '31/12/2026' }).dueDate).toBe('2026-12-31');
    expect(row({ debtDueDate: '31/12/2026' }, dialect({ date: 'br', dateFixed: true })).dueDate).toBe('2026-12-31');
    expect(problems({ debtDueDate: '31/12/2026' }, dialect({ dateFixed: true }))).toEqual([
      'debtDueDate DUE_DATE_INVALID',
    ]);
    expect(problems({}, dialect({ date: 'br', dateFixed: true }))).toEqual(['debtDueDate DUE_DATE_INVALID']);
  });

  test('month first is read where the file shows it, or the uploader says it', () => {
    const us = dialect({ date: 'us', dateOrder: 'us' });
    expect(row({ debtDueDate: '01/02/2027' }, us).dueDate).toBe('2027-01-02');
    expect(row({ debtDueDate: '2027-01-02' }, us).dueDate).toBe('2027-01-02');
    const fixed = dialect({ date: 'us', dateFixed: true });
    expect(row({ debtDueDate: '01/02/2027' }, fixed).dueDate).toBe('2027-01-02');
    for (const debtDueDate of ['31/12/2026', '2026-12-31']) {
      expect(problems({ debtDueDate }, fixed)).toEqual(['debtDueDate DUE_DATE_INVALID']);
    }
  });

  test('in a file with both orders, what can be read in both is refused, and the lines are named', () => {
    const both = dialect({ date: 'br', dateOrder: 'both', seen: { dayFirst: 7, monthFirst: 12 } });
    for (const debtDueDate of ['31/12/2026', '12/31/2026']) {
      expect(row({ debtDueDate }, both).dueDate).toBe('2026-12-31');
    }
    expect(row({ debtDueDate: '05/05/2027' }, both).dueDate).toBe('2027-05-05');
    const result = read({ debtDueDate: '01/02/2027' }, both);
    expect(result).toMatchObject({
      problems: [{ code: 'DUE_DATE_INVALID', message: expect.stringMatching(/linhas 7 .* e 12 /) as string }],
    });
  });

  test('while the rest of a file may still decide, a row that depends on it is not judged', () => {
    expect(open('dates', { debtDueDate: '01/02/2027' })).toThrow(ReadingOpenError);
    expect(open('thousands', { debtAmount: '1.234' })).toThrow(ReadingOpenError);
    expect(open('decimals', { debtAmount: '12.50' })).toThrow(ReadingOpenError);
    expect(open('dates', { debtDueDate: '31/12/2026' })()).toMatchObject({ ok: true });
    expect(open('thousands', { debtAmount: '12.50' })()).toMatchObject({ ok: true });
    expect(open('decimals', { debtAmount: '12' })()).toMatchObject({ ok: true });
  });

  test.each([
    ['31/12/2026 00:00:00', '2026-12-31'],
    ['31/12/2026 0:00', '2026-12-31'],
    ['2026-12-31T00:00:00', '2026-12-31'],
    ['2026-12-31 00:00:00.0000000', '2026-12-31'],
    ['1/2/2027', '2027-02-01'],
    ['2027-2-1', '2027-02-01'],
    ['31.12.2026', '2026-12-31'],
    ['31-12-2026', '2026-12-31'],
    ['2026/12/31', '2026-12-31'],
    ['31/12/32', '2032-12-31'],
  ])('%j is %s', (debtDueDate, dueDate) => {
    expect(row({ debtDueDate }).dueDate).toBe(dueDate);
  });

  test.each([
    ['31/12/2026 14:30', 'só o dia'],
    ['2026-12-31T00:00:00Z', 'só o dia'],
    ['2026-12-31T00:00:00-03:00', 'só o dia'],
    ['31/12/26', 'com quatro'],
    ['01/02/32', 'com quatro'],
    ['46387', 'como data'],
    ['46387,0', 'como data'],
    ['', 'Falta o vencimento'],
    ['31/12.2026', 'não é uma data'],
    ['31/02/2027', 'não é uma data'],
    ['1/1/202', 'não é uma data'],
    ['123/1/2027', 'não é uma data'],
    [`31/12/2026${' '.repeat(3_000)}x`, 'não é uma data'],
  ])('%j is refused with a message: %s', (debtDueDate, message) => {
    const pattern = expect.stringMatching(new RegExp(message, 'i')) as string;
    expect(read({ debtDueDate })).toMatchObject({ problems: [{ code: 'DUE_DATE_INVALID', message: pattern }] });
  });

  test('a year of two digits is read where the uploader said the order', () => {
    expect(row({ debtDueDate: '31/12/26' }, dialect({ date: 'br', dateFixed: true })).dueDate).toBe('2026-12-31');
    expect(row({ debtDueDate: '26-12-31' }, dialect({ date: 'iso', dateFixed: true })).dueDate).toBe('2026-12-31');
    expect(row({ debtDueDate: '1.2.2027' }, dialect({ date: 'br', dateFixed: true })).dueDate).toBe('2027-02-01');
    expect(problems({ debtDueDate: '2027.2.1' }, dialect({ date: 'br', dateFixed: true }))).toHaveLength(1);
  });

  test.each(['', '2026-02-29', '12/31/2026', '20261231', 'amanhã'])('%j is none', (debtDueDate) => {
    expect(problems({ debtDueDate })).toEqual(['debtDueDate DUE_DATE_INVALID']);
  });

  test('strict takes today and later', () => {
    expect(row({ debtDueDate: TODAY }).dueDate).toBe(TODAY);
    expect(problems({ debtDueDate: addDays(TODAY, -1) })).toEqual(['debtDueDate DUE_DATE_PAST']);
  });

  test('lenient takes the past as far as a barcode can say it', () => {
    expect(row({ debtDueDate: '2000-07-03' }, { profile: 'lenient' }).dueDate).toBe('2000-07-03');
    expect(problems({ debtDueDate: '2000-07-02' }, { profile: 'lenient' })).toEqual(['debtDueDate DUE_DATE_PAST']);
  });

  test('5,500 days ahead is the furthest', () => {
    for (const profile of ['strict', 'lenient'] as const) {
      expect(problems({ debtDueDate: addDays(TODAY, 5_500) }, { profile })).toEqual([]);
      expect(problems({ debtDueDate: addDays(TODAY, 5_501) }, { profile })).toEqual(['debtDueDate DUE_DATE_TOO_FAR']);
    }
  });
});

test('an address is kept, tidied where that is plain, and is no reason to refuse a debt', () => {
  expect(row({ street: 'Rua  A, 1', state: 'sp', postalCode: '01.310-100' }).address).toEqual({
    street: 'Rua A, 1',
    state: 'SP',
    postalCode: '01310100',
  });
  expect(row({ state: 'São Paulo', postalCode: '1310' }).address).toEqual({ state: 'São Paulo', postalCode: '1310' });
});

test('whatever the cells hold, a row is read or has problems that PostgreSQL can store', { timeout: 60_000 }, () => {
  const cells = fc.array(fc.string({ unit: 'binary', maxLength: 300 }), { minLength: 9, maxLength: 9 });
  fc.assert(
    fc.property(cells, fc.constantFrom('strict' as const, 'lenient' as const), (values, profile) => {
      const result = validateRow(values, context({ profile }));
      if (result.ok) return;
      expect(result.problems.length).toBeGreaterThan(0);
      for (const { value, message } of result.problems) {
        expect(value.length).toBeLessThanOrEqual(200);
        expect(value).not.toContain('\0');
        expect(message).not.toBe('');
      }
    }),
  );
});

test('each code is described in both languages', () => {
  for (const code of REJECTION_CODES) {
    expect(REJECTIONS[code].pt).toMatch(/\.$/);
    expect(REJECTIONS[code].en).toMatch(/\.$/);
  }
});

test('the flaws of a record and the conflict of a debt id have problems of their own', () => {
  expect(flawProblem('malformed', '"a')).toMatchObject({ field: 'row', code: 'QUOTE_INVALID', value: '"a' });
  expect(flawProblem('tooLong', 'a').code).toBe('RECORD_TOO_LONG');
  expect(flawProblem('encoding', 'a').code).toBe('ENCODING_INVALID');
  expect(conflictProblem('FAT-1')).toMatchObject({ field: 'debtId', code: 'DEBT_ID_CONFLICT', value: 'FAT-1' });
});

describe('profile spreadsheet', () => {
  const spreadsheet = { profile: 'spreadsheet' } as const;

  test('gives a CPF its leading zeros back where its check digits agree', () => {
    // 012.345.678-90, as a spreadsheet keeps it.
    expect(row({ governmentId: '1234567890' }, spreadsheet)).toMatchObject({
      document: '01234567890',
      documentKind: 'cpf',
    });
  });

  test.each(['1234567891', '123', '5.29E+10'])('does not make a CPF of %s', (governmentId) => {
    expect(problems({ governmentId }, spreadsheet)).toEqual(['governmentId DOCUMENT_INVALID']);
  });

  test('reports a lost zero and restores nothing under the other profiles', () => {
    expect(problems({ governmentId: '1234567890' }, { profile: 'strict' })).toEqual(['governmentId DOCUMENT_INVALID']);
    expect(row({ governmentId: '1234567890' }, { profile: 'lenient' }).document).toBe('1234567890');
  });

  test('is as strict as strict about the due date', () => {
    expect(problems({ debtDueDate: '2001-01-01' }, spreadsheet)).toEqual(['debtDueDate DUE_DATE_PAST']);
  });
});
