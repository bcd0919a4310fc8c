import { describe, expect, test } from 'vitest';
import { CSV_HEADER } from '../row/column-table.ts';
import { detectDialect, HEAD_BYTES_MAX, type Detection } from './detect.ts';
import type { DialectOverrides } from './dialect.ts';

const ROW = 'Ana,52998224725,ana@example.com,10.50,2026-12-31,D1';

function detect(text: string, overrides?: DialectOverrides): Detection {
  return detectDialect(new TextEncoder().encode(text), overrides);
}

function accepted(detection: Detection): Extract<Detection, { ok: true }> {
  if (!detection.ok) throw new Error(detection.problem.message);
  return detection;
}

function refused(detection: Detection): Extract<Detection, { ok: false }>['problem'] {
  if (detection.ok) throw new Error('the file was accepted');
  return detection.problem;
}

/** A file whose rows have these amounts, comma-delimited and quoted. */
function withAmounts(...amounts: readonly string[]): string {
  return [CSV_HEADER, ...amounts.map((amount) => ROW.replace('10.50', `"${amount}"`))].join('\n');
}

test('the plainest file', () => {
  const { dialect, header } = accepted(detect(`${CSV_HEADER}\n${ROW}\n`));
  expect(dialect).toEqual({
    delimiter: ',',
    encoding: 'utf-8',
    bom: false,
    decimal: '.',
    decimalSure: true,
    date: 'iso',
    dateFixed: false,
    newline: 'lf',
  });
  expect(header).toMatchObject({ byteLength: CSV_HEADER.length + 1, lines: 1 });
  expect(header.mapping.indexes).toEqual({
    name: 0,
    governmentId: 1,
    email: 2,
    debtAmount: 3,
    debtDueDate: 4,
    debtId: 5,
  });
  expect(header.mapping.columnCount).toBe(6);
});

test('a file as Excel writes it in Brazil', () => {
  const header = 'Código;Nome do Cliente;CPF/CNPJ;E-mail;Data de Vencimento;Valor da Dívida;Observação;\r\n';
  const row = 'D1;João;529.982.247-25;ana@example.com;31/12/2026;1.234,56;;\r\n';
  const bytes = Uint8Array.from(header + row, (char) => char.charCodeAt(0));
  const detected = accepted(detectDialect(bytes));
  expect(detected.dialect).toMatchObject({
    delimiter: ';',
    encoding: 'windows-1252',
    decimal: ',',
    decimalSure: true,
    date: 'br',
    newline: 'crlf',
  });
  expect(detected.header.byteLength).toBe(header.length);
  expect(detected.header.mapping).toMatchObject({
    indexes: { debtId: 0, name: 1, governmentId: 2, email: 3, debtDueDate: 4, debtAmount: 5 },
    ignored: [{ header: 'Observação', index: 6 }],
    columnCount: 7,
  });
});

describe('delimiter', () => {
  test.each([',', ';', '\t', '|'] as const)('%j', (delimiter) => {
    const text = `${CSV_HEADER.replaceAll(',', delimiter)}\n${ROW.replaceAll(',', delimiter)}`;
    expect(accepted(detect(text)).dialect.delimiter).toBe(delimiter);
  });

  test('titles may hold another delimiter', () => {
    const text = '"name";"governmentId";email;debtAmount;debtDueDate;debtId;"a,b,c,d,e,f,g,h,i"\n';
    expect(accepted(detect(text)).dialect.delimiter).toBe(';');
  });

  test("Excel's sep= line settles it and is not the header", () => {
    const { dialect, header } = accepted(detect(`sep=|\r\n${CSV_HEADER.replaceAll(',', '|')}\r\n`));
    expect(dialect.delimiter).toBe('|');
    expect(header).toMatchObject({ lines: 2, byteLength: 7 + CSV_HEADER.length + 2 });
  });

  test('what the uploader says is believed', () => {
    expect(refused(detect(CSV_HEADER, { delimiter: ';' })).code).toBe('HEADER_MISSING');
  });
});

describe('header', () => {
  test('blank lines before it, a byte order mark and a quoted line end in it are counted', () => {
    const text = `\uFEFF\n\n"name","governmentId",email,debtAmount,debtDueDate,debtId,"no\nte"\n${ROW}`;
    const { dialect, header } = accepted(detect(text));
    expect(dialect).toMatchObject({ bom: true, encoding: 'utf-8' });
    expect(header.lines).toBe(4);
    expect(new TextEncoder().encode(text).subarray(header.byteLength)).toEqual(new TextEncoder().encode(ROW));
  });

  test('address columns are read when they are there', () => {
    const { mapping } = accepted(detect(`${CSV_HEADER},Endereço,Bairro,Município,UF,CEP\n`)).header;
    expect(mapping.indexes).toMatchObject({ street: 6, district: 7, city: 8, state: 9, postalCode: 10 });
  });

  test.each(['NAME', ' Name ', 'Nome', 'devedor', 'Razão Social', 'nome_do_cliente'])('%j is the name', (title) => {
    expect(accepted(detect(CSV_HEADER.replace('name', title))).header.mapping.indexes.name).toBe(0);
  });

  test('a file of a header alone has no rows, which is no problem of its header', () => {
    expect(accepted(detect(CSV_HEADER)).header).toMatchObject({ byteLength: CSV_HEADER.length, lines: 1 });
  });

  test('missing columns are named, and so is what was found', () => {
    const { code, message } = refused(detect('name;cpf;telefone\n'));
    expect(code).toBe('HEADER_MISSING');
    expect(message).toContain('email, debtAmount, debtDueDate, debtId');
    expect(message).toContain('"telefone"');
  });

  test('two columns for one field are not guessed about', () => {
    const { code, message } = refused(detect(`${CSV_HEADER},CPF\n`));
    expect(code).toBe('HEADER_AMBIGUOUS');
    expect(message).toContain('"governmentId" e "CPF"');
  });
});

describe('decimals', () => {
  test.each([
    [['1064.96', '7'], '.', true],
    [['1,234.50'], '.', true],
    [['1,234,567'], '.', true],
    [['R$ 1.234,56'], ',', true],
    [['1.234.567'], ',', true],
    [['7,5', '1.234'], ',', true],
    [['7811', '5662'], '.', false],
    [['1.234'], '.', false],
    [['1,234'], '.', false],
    [['1.50', '1,50', '2,50'], ',', false],
    [['x', ''], '.', false],
  ] as const)('%j is read with %j, sure: %j', (amounts, decimal, decimalSure) => {
    expect(accepted(detect(withAmounts(...amounts))).dialect).toMatchObject({ decimal, decimalSure });
  });

  test('what the uploader says is sure', () => {
    expect(accepted(detect(withAmounts('1.234'), { decimal: ',' })).dialect).toMatchObject({
      decimal: ',',
      decimalSure: true,
    });
  });
});

test('the form of most dates is the one of the file, unless the uploader fixes it', () => {
  const text = `${CSV_HEADER}\n${ROW.replace('2026-12-31', '31/12/2026')}\n`;
  expect(accepted(detect(text)).dialect).toMatchObject({ date: 'br', dateFixed: false });
  expect(accepted(detect(text, { date: 'iso' })).dialect).toMatchObject({ date: 'iso', dateFixed: true });
});

test('a head that cuts its last row is read without it', () => {
  const rows = `${ROW.replace('10.50', '"10,50"')}\n`.repeat(2_000);
  const head = new TextEncoder().encode(`${CSV_HEADER}\n${rows}`).subarray(0, HEAD_BYTES_MAX);
  expect(accepted(detectDialect(head)).dialect).toMatchObject({ decimal: ',', decimalSure: true });
});

describe('files that are no CSV', () => {
  test.each(['', '\n \r\n', '\uFEFF'])('%j is empty', (text) => {
    expect(refused(detect(text)).code).toBe('FILE_EMPTY');
  });

  test.each([
    ['Excel', [0x50, 0x4b, 0x03, 0x04, 0x14]],
    ['UTF-16', [0xff, 0xfe, 0x6e, 0x00]],
    ['PDF', [0x25, 0x50, 0x44, 0x46, 0x2d]],
  ])('%s is named for what it is', (name, bytes) => {
    const { code, message } = refused(detectDialect(Uint8Array.from(bytes)));
    expect(code).toBe('FILE_BINARY');
    expect(message).toContain(name);
  });

  test('NULs in the header or everywhere are binary, a single one in the data costs its row only', () => {
    expect(refused(detect('na\0me,b\n')).code).toBe('FILE_BINARY');
    expect(refused(detect(`${CSV_HEADER}\n${'\0a'.repeat(50)}`)).code).toBe('FILE_BINARY');
    expect(detect(`${CSV_HEADER}\n${`${ROW}\n`.repeat(10)}A\0na`).ok).toBe(true);
  });
});
