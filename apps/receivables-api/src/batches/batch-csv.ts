import { centavos, formatDecimal } from '#money';
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

/**
 * One line for each accepted row; no name, document or e-mail, which whoever sent the file has. Without a boleto a row
 * is `pending`, or `dead` when the batch has ended and none will come.
 */
export function resultLine(row: ResultRow, batchEnded: boolean): readonly string[] {
  const { boleto } = row;
  const amount = formatDecimal(centavos(row.amountCentavos));
  if (boleto === undefined) {
    return [row.line, row.debtId, batchEnded ? 'dead' : 'pending', '', '', '', amount, row.dueDate, '', ''];
  }
  return [
    row.line,
    row.debtId,
    boleto.status,
    boleto.nossoNumeroImpresso,
    boleto.codigoBarras,
    boleto.linhaDigitavel,
    amount,
    row.dueDate,
    boleto.id,
    row.notification ?? 'pending',
  ];
}

export const REJECTIONS_HEADER = ['line', 'field', 'value', 'code', 'message', 'raw'] as const;

/** One line for each problem of a rejected row, each with the whole row. */
export function rejectionLines({ line, problems, raw }: RejectionRow): readonly (readonly string[])[] {
  return problems.map(({ field, value, code, message }) => [line, field ?? '', value ?? '', code, message, raw]);
}
