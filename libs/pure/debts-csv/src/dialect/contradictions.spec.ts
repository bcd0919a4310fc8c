import { describe, expect, test } from 'vitest';
import { parseIsoDate } from '#calendar';
import { centavos } from '#money';
import { FileEvidence } from '../evidence/file-evidence.ts';
import { recordText } from '../evidence/record-text.ts';
import { parseCells } from '../records/cells.ts';
import { ChunkCutter } from '../records/chunks.ts';
import { scanRecords, syntaxOf } from '../records/scan.ts';
import { REQUIRED_FIELDS } from '../row/column-table.ts';
import { validateRow } from '../row/row.ts';
import { detectDialect, HEAD_BYTES_MAX } from './detect.ts';
import type { DialectOverrides } from './dialect.ts';

const HEADER = `${REQUIRED_FIELDS.join(';')}\n`;

function row({ name = 'Ana', amount = '80,00', date = '31/12/2026' } = {}): string {
  return `${name};52998224725;ana@example.com;${amount};${date};D-1\n`;
}

/** So many rows fill more than a head, and say nothing of what is asked here. */
const FILLING = row({ amount: '80', date: '2026-12-31' }).repeat(1_500);

/** The messages of a file by their lines; read as the splitter and the validator do. */
function messagesOf(content: string | Buffer, overrides: DialectOverrides = {}): Readonly<Record<number, string>> {
  const file = Buffer.from(content);
  const detection = detectDialect(file.subarray(0, HEAD_BYTES_MAX), overrides);
  if (!detection.ok) throw new Error(detection.problem.message);
  const { mapping, byteLength: dataAt, lines } = detection.header;
  const evidence = new FileEvidence({ dialect: detection.dialect, mapping, overrides, dataAt });
  const syntax = syntaxOf(detection.dialect, mapping);
  const start = { byteOffset: dataAt, firstLine: lines + 1 };
  const cutter = new ChunkCutter({ syntax, start, sizes: { bytes: 4_096 }, watcher: evidence });
  const data = file.subarray(dataAt);
  evidence.seeBytes(data);
  cutter.push(data);
  cutter.finish();
  const dialect = evidence.finish();

  const today = parseIsoDate('2026-11-28');
  if (today === undefined) throw new Error('no day');
  const context = { mapping, dialect, profile: 'strict', today, amountMax: centavos(9_999_999_999n) } as const;
  const messages: Record<number, string> = {};
  for (const { start: from, end, line } of scanRecords(data, syntax, lines + 1)) {
    const text = recordText(data, dialect, from, end);
    const result =
      typeof text === 'string'
        ? validateRow(parseCells(text, dialect.delimiter), context)
        : { ok: false as const, problems: [text] };
    if (!result.ok) messages[line] = result.problems.map(({ message }) => message).join(' | ');
  }
  return messages;
}

describe('a row that contradicts its file names the line that it contradicts', () => {
  test('decimals', () => {
    const file = HEADER + row() + row({ amount: '12.50' }) + row({ amount: '1.234' }) + row();
    const both = 'O arquivo usa ponto decimal na linha 3 e vírgula decimal na linha 2';
    expect(messagesOf(file)).toEqual({
      3: `${both}, e foi lido com “,” antes dos centavos; este valor só se lê com “.”. Escreva-o como 1234,56, ou envie o arquivo de novo informando o separador decimal (decimal).`,
      4: `Não se sabe se o separador é de milhar ou de decimal. ${both}. Escreva os centavos (1.234,00 ou 1,234.00), ou envie o arquivo de novo informando o separador decimal (decimal).`,
    });
    expect(messagesOf(file, { decimal: '.' })[2]).toContain(`${both}, e foi lido com “.” antes dos centavos`);
    expect(messagesOf(HEADER + row({ amount: '1.234' }))[2]).toContain('Nenhum valor do arquivo mostra');
  });

  test('decimals, where the contradiction stands far behind the head', () => {
    const messages = messagesOf(HEADER + row() + FILLING + row({ amount: '12.50' }));
    expect(messages[1_503]).toContain('ponto decimal na linha 1503 e vírgula decimal na linha 2');
  });

  test('dates', () => {
    const [dayFirst, monthFirst, either] = ['31/12/2026', '12/31/2026', '01/02/2027'].map((date) => row({ date }));
    const file = `${HEADER}${dayFirst ?? ''}${FILLING}${monthFirst ?? ''}${either ?? ''}`;
    expect(messagesOf(file)).toEqual({
      1504:
        'Não se sabe qual número é o dia: o arquivo tem datas nas duas ordens, nas linhas 2 (dia primeiro) e ' +
        '1503 (mês primeiro). Escreva como 2026-12-31, ou envie o arquivo de novo informando a ordem (date).',
    });
    expect(messagesOf(`${HEADER}${dayFirst ?? ''}${monthFirst ?? ''}`, { date: 'us' })).toEqual({
      2: 'O arquivo foi enviado com date=us, e esta data não se lê assim. Escreva-a como 12/31/2026, ou envie o arquivo de novo com outro date ou sem ele.',
    });
    expect(messagesOf(HEADER + row({ date: '31/02/2027' }), { date: 'br' })[2]).toContain('Não é uma data que existe');
  });

  test('the delimiter', () => {
    const other = row({ amount: '80' }).replaceAll(';', ',');
    const [start, end] = [
      'Esta linha separa os campos com vírgula (,) e o cabeçalho (linha ',
      '), com ponto e vírgula (;). Use um só separador no arquivo inteiro.',
    ];
    expect(messagesOf(HEADER + row() + other)).toEqual({ 3: `${start}1${end}` });
    expect(messagesOf(`Relatório de cobrança\n\n${HEADER}${row()}${other}`)).toEqual({ 5: `${start}3${end}` });
  });

  test('the encoding, where the file is UTF-8', () => {
    const file = Buffer.concat([
      Buffer.from(HEADER + row() + row({ name: 'João Conceição' })),
      Buffer.from(row({ name: 'José' }), 'latin1'),
    ]);
    const broken = 'e esta linha tem bytes que não existem nessa codificação.';
    expect(messagesOf(file)).toEqual({
      4: `O arquivo foi lido como UTF-8 (a linha 3 está em UTF-8), ${broken} Salve o arquivo inteiro em uma só codificação, de preferência UTF-8.`,
    });
    expect(messagesOf(file, { encoding: 'utf-8' })).toEqual({
      4: `O arquivo foi lido como UTF-8, como foi pedido no envio (encoding), ${broken} Envie-o de novo com a codificação certa (encoding), ou salve-o em UTF-8.`,
    });
  });

  test.each([
    ['', 3],
    [FILLING, 1_503],
  ])('the encoding, where the file is not UTF-8', (filling, line) => {
    const names = row({ name: 'João' }) + row({ name: 'José' }) + row({ name: 'Inês' });
    const file = Buffer.concat([
      Buffer.from(HEADER + row() + filling + names, 'latin1'),
      Buffer.from(row({ name: 'Zoé' })),
      Buffer.from(row({ name: 'JoÆo' }), 'latin1'),
    ]);
    const readAs = `O arquivo foi lido como Windows-1252 (a linha ${line.toString()} não está em UTF-8), e esta linha`;
    expect(messagesOf(file)).toEqual({
      [line + 3]: `${readAs} está em UTF-8. Salve o arquivo inteiro em uma só codificação, de preferência UTF-8.`,
      [line + 4]:
        `${readAs} tem letras onde nenhuma palavra as tem: está em outra codificação. Salve o arquivo em UTF-8, ou envie-o de novo informando a codificação dele (encoding).`,
    });
  });
});
