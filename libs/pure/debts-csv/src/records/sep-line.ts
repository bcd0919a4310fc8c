import { DELIMITERS, type Delimiter } from '../dialect/dialect.ts';

const START = 'sep=';

/**
 * Excel's line that names the delimiter, in the forms in which programs leave it behind: `sep=;`, quoted, with white
 * space, or saved as a row with the separators of empty cells. Undefined for any other line; `delimiter` is undefined
 * where the separators behind it are others than the one it names.
 */
export function readSepLine(line: string): { readonly delimiter: Delimiter | undefined } | undefined {
  const text = line.replaceAll('"', '').replaceAll('\uFEFF', '').trimStart();
  if (text.slice(0, START.length).toLowerCase() !== START) return undefined;
  const rest = text.slice(START.length);
  const named = rest.startsWith('\t') ? '\t' : rest.trim().charAt(0);
  const others = new Set(rest.replaceAll(/\s/g, '').replaceAll(named, ''));
  const known = DELIMITERS.find((delimiter) => delimiter === named);
  if (others.size === 0) return { delimiter: known };
  const [other] = others;
  const isPadding = others.size === 1 && DELIMITERS.some((delimiter) => delimiter === other);
  return isPadding ? { delimiter: undefined } : undefined;
}
