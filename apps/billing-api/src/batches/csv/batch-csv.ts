import { RESULTS_HEADER } from '#contracts/http';
import { csvCell, type CsvSeparator } from '#debts-csv';
import type { RejectionRow, ResultRow } from './batch-csv.queries.ts';

/** One line for each accepted row; no name, document or e-mail, because the uploader has those. */
export function resultLine({ line, debtId, cells }: ResultRow, separator: CsvSeparator = ','): string {
  if (separator === ',') return `${line},${csvCell(debtId)},${cells}\r\n`;
  return [line, csvCell(debtId, separator), ...spreadsheetCells(cells)].join(separator) + '\r\n';
}

/** Place of the amount among the cells that the database writes. */
const AMOUNT = RESULTS_HEADER.indexOf('amount') - RESULTS_HEADER.indexOf('status');

/**
 * No cell of the database's holds a comma. The amount gets one: Excel in Portuguese takes `12.10` for a day of October.
 */
function spreadsheetCells(cells: string): readonly string[] {
  return cells.split(',').map((cell, at) => (at === AMOUNT ? cell.replace('.', ',') : cell));
}

/** One line for each problem of a rejected row, each with the whole row. */
export function rejectionLines({ line, problems, raw }: RejectionRow, separator: CsvSeparator = ','): string {
  const cell = (text: string) => csvCell(text, separator);
  const row = cell(raw);
  let lines = '';
  for (const { field, value, code, message } of problems) {
    const cells = [line, cell(field ?? ''), cell(value ?? ''), cell(code), cell(message), row];
    lines += `${cells.join(separator)}\r\n`;
  }
  return lines;
}
