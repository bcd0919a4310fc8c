import { REQUIRED_FIELDS } from '#debts-csv';
import { cpfFrom } from '#testing';

/** One debt, with the values that its owner means. */
export interface Debt {
  readonly name: string;
  readonly document: string;
  readonly email: string;
  readonly centavos: number;
  /** YYYY-MM-DD */
  readonly dueDate: string;
  readonly debtId: string;
}

export const COLUMNS = REQUIRED_FIELDS;

/** Different debts of different people, all good. */
export function debts(count: number, prefix: string): readonly Debt[] {
  return Array.from({ length: count }, (_, at) => ({
    name: `Devedora ${at.toString()} da Conceição`,
    document: cpfFrom(at),
    email: `devedora${at.toString()}@example.com`,
    centavos: 10_000 + at * 7,
    dueDate: '2030-01-31',
    debtId: `${prefix}-${at.toString().padStart(5, '0')}`,
  }));
}

/** The same debts, each with one other value. */
export function changed(rows: readonly Debt[], change: (debt: Debt, at: number) => Partial<Debt>): readonly Debt[] {
  return rows.map((debt, at) => Object.assign({}, debt, change(debt, at)));
}

/** Comma, UTF-8, decimal point, ISO dates, LF: the plainest file. */
export function plainCsv(rows: readonly Debt[]): string {
  const lines = rows.map(({ name, document, email, centavos, dueDate, debtId }) =>
    [quoted(name, ','), document, email, (centavos / 100).toFixed(2), dueDate, debtId].join(','),
  );
  return `${COLUMNS.join(',')}\n${lines.join('\n')}\n`;
}

/** Quotes a cell as RFC 4180 says, with any delimiter. */
export function quoted(text: string, delimiter: string): string {
  return text.includes(delimiter) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
