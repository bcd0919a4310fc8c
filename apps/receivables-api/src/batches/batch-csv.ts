import { csvCell } from '#ingest';
import type { RejectionRow, ResultRow } from './batch-csv.queries.ts';

export const RESULTS_HEADER = [
  'line',
  'debtId',
  'status',
  'nossoNumero',
  'codigoBarras',
  'linhaDigitavel',
  'amount',
  'dueDate',
  'boletoId',
  'notification',
] as const;

/** One line for each accepted row; no name, document or e-mail, which whoever sent the file has. */
export function resultLine({ line, debtId, cells }: ResultRow): string {
  return `${line},${csvCell(debtId)},${cells}\r\n`;
}

export const REJECTIONS_HEADER = ['line', 'field', 'value', 'code', 'message', 'raw'] as const;

/** One line for each problem of a rejected row, each with the whole row. */
export function rejectionLines({ line, problems, raw }: RejectionRow): string {
  const row = csvCell(raw);
  let lines = '';
  for (const { field, value, code, message } of problems) {
    lines += `${line},${csvCell(field ?? '')},${csvCell(value ?? '')},${csvCell(code)},${csvCell(message)},${row}\r\n`;
  }
  return lines;
}
