import { describe, expect, test } from 'vitest';
import { readSepLine } from '../records/sep-line.ts';
import { detectDialect, type Detection } from './detect.ts';
import type { DialectOverrides } from './dialect.ts';

const HEADER = 'Nome;CPF/CNPJ;E-mail;Valor;Vencimento;Código';
const ROW = 'Ana;52998224725;ana@example.com;10,50;31/12/2026;D1';

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

/** So many columns. */
const wide = (columns: number): string =>
  [HEADER, ...Array.from({ length: columns - 6 }, (_, at) => `x${at.toString()}`)].join(';');

const mappingOf = (titles: string) => accepted(detect(`${titles}\n`)).header.mapping;

describe('the sep= line', () => {
  test.each([
    ['sep=;', ';'],
    ['SEP=|', '|'],
    ['sep=\t', '\t'],
    ['"sep=;"', ';'],
    ['"sep=;";;;', ';'],
    ['sep=";"', ';'],
    [' sep=; ', ';'],
    ['sep= ;', ';'],
    ['sep=;;;;;;', ';'],
    ['sep=,,,', ','],
    ['\uFEFFsep=,', ','],
    ['sep=', undefined],
    ['sep=x', undefined],
    ['sep=;,,,,,', undefined],
  ])('%j names %j', (line, delimiter) => {
    expect(readSepLine(line)).toEqual({ delimiter });
  });

  test.each(['Nome;CPF', 'sep', 'separador;x', 'sep=x;y', '', 'sep=;nome;cpf'])('%j is none', (line) => {
    expect(readSepLine(line)).toBeUndefined();
  });

  test('saved as a row of another delimiter, or overruled by the uploader, is still left out', () => {
    expect(accepted(detect(`sep=,;;;;;\n${HEADER}\n`)).dialect.delimiter).toBe(';');
    expect(accepted(detect(`sep=,\n${HEADER}\n`, { delimiter: ';' })).header.lines).toBe(2);
  });
});

describe('rows above the header', () => {
  const report = 'Relatório de cobranças;;;;;\r\n;;;;;\r\nEmitido em 28/11/2026;;;;;\r\n';

  test('are left out and told, where the header is below them', () => {
    const { dialect, header } = accepted(detect(`${report}${HEADER}\r\n${ROW}\r\n`));
    expect(dialect).toMatchObject({ delimiter: ';', decimal: ',', date: 'br' });
    expect(header.lines).toBe(4);
    expect(header.byteLength).toBe(Buffer.byteLength(`${report}${HEADER}\r\n`));
    expect(header.mapping.titleRows).toEqual([
      { line: 1, text: 'Relatório de cobranças;;;;;' },
      { line: 3, text: 'Emitido em 28/11/2026;;;;;' },
    ]);
  });

  test('may have fewer delimiters, or quotes and others than the header', () => {
    const text = `"Cobranças, novembro"\nEmpresa Exemplo, Recife, PE, 2026, a, b, c\n${HEADER}\n${ROW}`;
    expect(accepted(detect(text)).header).toMatchObject({ lines: 3, mapping: { indexes: { name: 0, debtId: 5 } } });
  });

  test('are up to ten, so that a file is not searched for ever', () => {
    expect(accepted(detect(`${'Relatório\n'.repeat(10)}${HEADER}\n`)).header.lines).toBe(11);
    expect(refused(detect(`${'Relatório\n'.repeat(11)}${HEADER}\n`)).code).toBe('HEADER_MISSING');
  });

  test('that are debts are not left out', () => {
    const { code, message } = refused(detect(`${ROW}\n${HEADER}\n${ROW}\n`));
    expect(code).toBe('HEADER_MISSING');
    expect(message).toContain('A linha 1 parece uma dívida e está acima do cabeçalho, que é a linha 2');
  });

  test('of a header that lacks a column do not hide which', () => {
    const { code, message } = refused(detect(`Relatório\n${HEADER.replace('E-mail', 'Telefone')}\n${ROW}\n`));
    expect(code).toBe('HEADER_MISSING');
    expect(message).toMatch(/Falta no cabeçalho a coluna email\..*"Telefone"/);
  });
});

describe('a header of many columns', () => {
  test('is refused above 200', () => {
    expect(accepted(detect(`${wide(200)}\n`)).header.mapping.columnCount).toBe(200);
    const { code, message } = refused(detect(`${wide(201)}\n`));
    expect(code).toBe('HEADER_TOO_WIDE');
    expect(message).toContain('201');
    expect(accepted(detect(`${HEADER}${';'.repeat(16_000)}\n`)).header.mapping.columnCount).toBe(6);
  });

  test('keeps what is told of it small', () => {
    const long = `${wide(199)};${'título muito comprido '.repeat(2_000)}\n`;
    const { mapping } = accepted(detect(long)).header;
    expect(mapping.ignored).toHaveLength(20);
    expect(mapping.ignoredCount).toBe(194);
    expect(JSON.stringify(mapping).length).toBeLessThan(4_000);
    const first = accepted(detect(`${'x'.repeat(5_000)};${HEADER}\n`)).header.mapping;
    expect(first.ignored).toEqual([{ header: 'x'.repeat(100), index: 0 }]);
  });
});

describe('columns of one field', () => {
  test('of a street are joined, with number and complement behind it', () => {
    const { indexes, further, ignored } = mappingOf(`${HEADER};Endereço;Nº;Complemento;Bairro;Número`);
    expect(indexes).toMatchObject({ street: 6, district: 9 });
    expect(further).toEqual({ street: [7, 8] });
    expect(ignored).toEqual([{ header: 'Número', index: 10 }]);
  });

  test('of another address are all kept: the first filled one counts', () => {
    expect(mappingOf(`${HEADER};CEP;Cidade;Município;CEP`).further).toEqual({ city: [8], postalCode: [9] });
  });

  test('for a CPF and a CNPJ belong together, however they are headed', () => {
    for (const titles of ['CPF;CNPJ', 'CNPJ;CPF', 'CPF;CNPJ do Pagador', 'CPF do Sacado;CNPJ do Sacado']) {
      const { indexes, further, cellsMin } = mappingOf(`Nome;${titles};E-mail;Valor;Vencimento;Código`);
      expect([titles, indexes.governmentId, further]).toEqual([titles, 1, { governmentId: [2] }]);
      expect(cellsMin).toBe(7);
    }
  });

  test.each(['CPF;CPF', 'CPF/CNPJ;CPF', 'CPF;CNPJ;CPF'])('%s are ambiguous', (titles) => {
    const found = refused(detect(`Nome;${titles};E-mail;Valor;Vencimento;Código\n`));
    expect(found.code).toBe('HEADER_AMBIGUOUS');
  });

  test('that an export heads otherwise only count where there is no usual one', () => {
    const { indexes, ignored } = mappingOf(`${HEADER};Valor do título (R$);CPF do Pagador`);
    expect(indexes).toMatchObject({ debtAmount: 3, governmentId: 1 });
    expect(ignored).toHaveLength(2);
  });
});

describe('columns that the uploader names', () => {
  const titles = 'Favorecido;Inscrição;Contato;Líquido;Limite;Ref.;Valor';
  const mapping = {
    name: ['Favorecido'],
    governmentId: ['inscricao'],
    email: ['CONTATO'],
    debtAmount: ['Líquido'],
    debtDueDate: ['Limite'],
    debtId: ['Ref.'],
  };

  test('are read by their titles, as they are compared, and no others for the same fields', () => {
    const { header } = accepted(detect(`${titles}\n`, { mapping }));
    expect(header.mapping).toMatchObject({
      indexes: { name: 0, governmentId: 1, email: 2, debtAmount: 3, debtDueDate: 4, debtId: 5 },
      ignored: [{ header: 'Valor', index: 6 }],
    });
  });

  test('help to find the delimiter and the header row', () => {
    const { dialect, header } = accepted(detect(`Relatório, de, tudo, e, mais, nada, aqui\n${titles}\n`, { mapping }));
    expect([dialect.delimiter, header.lines]).toEqual([';', 2]);
  });

  test('are told when they are not there, with the field and the titles that are', () => {
    const { code, message } = refused(detect(`${HEADER}\n`, { mapping: { debtAmount: ['Líquido'] } }));
    expect(code).toBe('HEADER_MISSING');
    expect(message).toMatch(/"Líquido", que mapping dá para debtAmount.*"Valor"/);
  });

  test('are no reason to refuse a debt where they are of an address', () => {
    expect(
      accepted(detect(`${HEADER}\n`, { mapping: { street: ['Av.'] } })).header.mapping.indexes.street,
    ).toBeUndefined();
  });

  test('may be several: two documents, a street in parts; and belong to no other field', () => {
    const text = 'Nome;Doc. PF;Doc. PJ;E-mail;Valor;Vencimento;Código;Número;Rua;Cidade\n';
    const chosen = { governmentId: ['Doc. PF', 'Doc. PJ'], street: ['Rua', 'Número'], district: ['Cidade'] };
    const { indexes, further } = accepted(detect(text, { mapping: chosen })).header.mapping;
    expect([indexes.street, indexes.district, indexes.city]).toEqual([8, 9, undefined]);
    expect(further).toEqual({ governmentId: [2], street: [7] });
  });

  test('that two columns have are ambiguous, unless one has the very title', () => {
    expect(refused(detect(`${HEADER};VALOR\n`, { mapping: { debtAmount: ['valor'] } })).code).toBe('HEADER_AMBIGUOUS');
    const { indexes } = accepted(detect(`${HEADER};VALOR\n`, { mapping: { debtAmount: ['VALOR'] } })).header.mapping;
    expect(indexes.debtAmount).toBe(6);
  });

  test('may have titles without a letter', () => {
    const text = `${HEADER.replace('Valor', 'R$')};#\n`;
    const { indexes } = accepted(detect(text, { mapping: { debtAmount: ['R$'] } })).header.mapping;
    expect(indexes.debtAmount).toBe(3);
  });
});
