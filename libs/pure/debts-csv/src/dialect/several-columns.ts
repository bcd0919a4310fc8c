import type { AddressField, Field } from '../row/column-table.ts';
import type { HeaderMapping } from '../row/fields.ts';
import { onOneLine, trimCell } from '../row/text.ts';

const NUMBER_CHARS_MAX = 5;

/** The cells of a field in one row, that of its first column first. */
export function cellsOf(
  cells: readonly string[],
  { indexes, further }: HeaderMapping,
  field: Field,
): readonly string[] {
  const first = cells[indexes[field] ?? -1] ?? '';
  const rest = further?.[field];
  return rest === undefined ? [first] : [first, ...rest.map((index) => cells[index] ?? '')];
}

/**
 * The only document of a row with several document columns; undefined when two columns hold different documents,
 * because the debtor is never guessed. A dash counts as an empty cell.
 */
export function onlyDocument(cells: readonly string[]): string | undefined {
  const [first = '', ...rest] = cells;
  if (rest.length === 0) return first;
  const filled = cells.filter((cell) => /[\p{L}\p{N}]/u.test(cell));
  const documents = new Set(filled.map((cell) => cell.replaceAll(/[^\p{L}\p{N}]/gu, '')));
  return documents.size > 1 ? undefined : (filled[0] ?? first);
}

/**
 * An address in several columns: the parts of a street are joined as far as they fit, of others the first filled one
 * counts.
 */
export function addressText(cells: readonly string[], field: AddressField, charsMax: number): string {
  const texts = cells.map((cell) => onOneLine(trimCell(cell)));
  const [first = '', ...rest] = texts.filter((text) => text !== '');
  if (field !== 'street') return first;
  return rest.reduce((street, part) => {
    if (street.includes(part) && !isNumber(part)) return street;
    const longer = part.startsWith(street) ? part : `${street}, ${part}`;
    return longer.length > charsMax ? street : longer;
  }, first);
}

/** True for a part that can stand in a street by chance: `10` in `Rua 10 de Maio`. */
function isNumber(part: string): boolean {
  return !part.includes(' ') && part.length <= NUMBER_CHARS_MAX;
}
