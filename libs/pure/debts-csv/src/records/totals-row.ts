import { problem, type Problem } from '../rejections.ts';
import { headerKey, type HeaderMapping } from '../row/fields.ts';
import { trimCell } from '../row/text.ts';

const TOTALS = new Set(['total', 'totais', 'subtotal', 'subtotais', 'soma', 'quantidade']);
const MESSAGE =
  'A linha é um total da planilha, e não uma dívida: nada foi cobrado por ela. Para não vê-la mais aqui, apague-a.';

/**
 * The one problem of a row that sums up others (`Total;;;1.234,00`), where a row has problems anyway: a cell says so,
 * and neither document nor e-mail is there, so that there is no debtor whose debt it might be.
 */
export function totalsProblem(cells: readonly string[], { indexes, further }: HeaderMapping): Problem | undefined {
  const label = cells.map((cell) => trimCell(cell)).find((cell) => isTotal(cell));
  if (label === undefined) return undefined;
  const debtor = [indexes.governmentId, ...(further?.governmentId ?? []), indexes.email].map((at) =>
    trimCell(cells[at] ?? ''),
  );
  const isNameless = debtor.every((cell) => cell === label || !/[\p{L}\p{N}]/u.test(cell));
  return isNameless ? problem('row', 'TOTALS_ROW', label, MESSAGE) : undefined;
}

/** `Total`, `TOTAL GERAL:`, `Subtotal 1.234,00`; not `Totalmente Ltda`. */
function isTotal(cell: string): boolean {
  const [word = ''] = cell.trim().split(/[\s:=(]/, 1);
  return TOTALS.has(headerKey(word));
}
