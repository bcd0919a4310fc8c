import { COLUMNS, quoted, type Debt } from './files.ts';

type Column = (typeof COLUMNS)[number];

/** One way of writing a file of debts. */
export interface FileDialect {
  readonly title: string;
  readonly write: (rows: readonly Debt[]) => Buffer;
  /** The properties that the system must detect. */
  readonly detected: Readonly<Record<string, unknown>>;
}

interface Style {
  readonly delimiter: ',' | ';' | '\t' | '|';
  readonly lineEnd: '\n' | '\r\n';
  readonly encoding: 'utf-8' | 'utf-8 with BOM' | 'windows-1252';
  readonly decimal: '.' | ',' | ', with thousands';
  readonly date: 'iso' | 'br';
  readonly order?: readonly Column[];
  /** Titles, where they are not the columns' own names. */
  readonly titles?: Readonly<Record<Column, string>>;
  readonly quoteAll?: boolean;
  readonly lastLineEnds?: boolean;
}

const PORTUGUESE = {
  name: 'Nome do Devedor',
  governmentId: 'CPF/CNPJ',
  email: 'E-mail',
  debtAmount: 'Valor da Dívida',
  debtDueDate: 'Data de Vencimento',
  debtId: 'Código',
};

const COMMA: Style = { delimiter: ',', lineEnd: '\n', encoding: 'utf-8', decimal: '.', date: 'iso' };

/**
 * Delimiters, encodings, decimals, dates, line ends, quoting, order and titles of columns: each in two ways or more.
 */
export const DIALECTS: readonly FileDialect[] = [
  dialect('comma, UTF-8, decimal point, ISO dates', COMMA),
  dialect('semicolon, UTF-8 with BOM, CRLF, decimal comma, Brazilian dates', {
    delimiter: ';',
    lineEnd: '\r\n',
    encoding: 'utf-8 with BOM',
    decimal: ',',
    date: 'br',
  }),
  dialect('semicolon, Windows-1252, CRLF, thousands, Portuguese titles', {
    delimiter: ';',
    lineEnd: '\r\n',
    encoding: 'windows-1252',
    decimal: ', with thousands',
    date: 'br',
    titles: PORTUGUESE,
  }),
  dialect('tab, UTF-8, last line end missing', { ...COMMA, delimiter: '\t', lastLineEnds: false }),
  dialect('pipe, Windows-1252, Brazilian dates, columns in another order', {
    ...COMMA,
    delimiter: '|',
    encoding: 'windows-1252',
    date: 'br',
    order: ['debtId', 'debtDueDate', 'debtAmount', 'email', 'governmentId', 'name'],
  }),
  dialect('comma, everything quoted, decimal comma, CRLF, last line end missing', {
    ...COMMA,
    lineEnd: '\r\n',
    decimal: ', with thousands',
    quoteAll: true,
    lastLineEnds: false,
  }),
  dialect('tab, Windows-1252, decimal comma, Portuguese titles', {
    ...COMMA,
    delimiter: '\t',
    encoding: 'windows-1252',
    decimal: ',',
    titles: PORTUGUESE,
  }),
];

function dialect(title: string, style: Style): FileDialect {
  return {
    title,
    write: (rows) => write(rows, style),
    detected: {
      delimiter: style.delimiter,
      encoding: style.encoding === 'windows-1252' ? 'windows-1252' : 'utf-8',
      bom: style.encoding === 'utf-8 with BOM',
      decimal: style.decimal[0],
      date: style.date,
      newline: style.lineEnd === '\n' ? 'lf' : 'crlf',
    },
  };
}

function write(rows: readonly Debt[], style: Style): Buffer {
  const { delimiter, lineEnd, order = COLUMNS, titles, quoteAll = false, lastLineEnds = true } = style;
  const cell = (text: string): string => (quoteAll ? `"${text.replaceAll('"', '""')}"` : quoted(text, delimiter));
  const header = order.map((column) => titles?.[column] ?? column);
  const lines = [header, ...rows.map((row) => order.map((column) => valueOf(row, column, style)))].map((cells) =>
    cells.map(cell).join(delimiter),
  );
  return encode(`${lines.join(lineEnd)}${lastLineEnds ? lineEnd : ''}`, style.encoding);
}

function valueOf(debt: Debt, column: Column, { decimal, date }: Style): string {
  switch (column) {
    case 'name':
    case 'email':
    case 'debtId':
      return debt[column];
    case 'governmentId':
      return debt.document;
    case 'debtAmount':
      return amountText(debt.centavos, decimal);
    case 'debtDueDate':
      return date === 'iso' ? debt.dueDate : debt.dueDate.split('-').toReversed().join('/');
  }
}

function amountText(centavos: number, decimal: Style['decimal']): string {
  const reais = Math.floor(centavos / 100).toString();
  const grouped = decimal === ', with thousands' ? reais.replaceAll(/\B(?=(?:\d{3})+$)/g, '.') : reais;
  return `${grouped}${decimal === '.' ? '.' : ','}${(centavos % 100).toString().padStart(2, '0')}`;
}

/** The texts of these tests have the same bytes in Latin-1 and Windows-1252. */
function encode(text: string, encoding: Style['encoding']): Buffer {
  if (encoding === 'windows-1252') return Buffer.from(text, 'latin1');
  return Buffer.from(encoding === 'utf-8 with BOM' ? `\uFEFF${text}` : text);
}
