import { isPunctuated, isRepeated, normaliseDocument } from './normalise.ts';

/** Twelve digits or upper-case letters, then two check digits (Instrução Normativa RFB 2.229/2024). */
export type Cnpj = string & { readonly __format: 'cnpj' };

export const CNPJ_LENGTH = 14;

/** The number of characters before each separator: 12.ABC.345/01DE-35. */
export const CNPJ_SEPARATORS_AFTER = [2, 5, 8, 12] as const;

const ZERO = 48;

/**
 * The check digit of the first `length` characters, modulo 11. Each character counts as its ASCII code minus 48 (so
 * digits keep their value and A is 17). The weights are 2 to 9, repeated, from the right.
 */
function checkDigit(value: string, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i += 1) sum += (value.charCodeAt(i) - ZERO) * (2 + ((length - 1 - i) % 8));
  const rest = sum % 11;
  return rest < 2 ? 0 : 11 - rest;
}

/**
 * The fourteen characters of a valid CNPJ, numeric or alphanumeric, normalised. Undefined if the text is not a CNPJ, or
 * is not punctuated like one.
 */
export function parseCnpj(text: string): Cnpj | undefined {
  const value = normaliseDocument(text);
  if (!/^[0-9A-Z]{12}\d{2}$/.test(value) || isRepeated(value)) return undefined;
  if (!isPunctuated(text, CNPJ_SEPARATORS_AFTER)) return undefined;
  if (checkDigit(value, 12) !== value.charCodeAt(12) - ZERO) return undefined;
  if (checkDigit(value, 13) !== value.charCodeAt(13) - ZERO) return undefined;
  return value as Cnpj;
}
