import { isPunctuated, isRepeated, normaliseDocument } from './normalise.ts';

/** Twelve digits or upper-case letters and two check digits (Instrução Normativa RFB 2.229/2024). */
export type Cnpj = string & { readonly __format: 'cnpj' };

export const CNPJ_LENGTH = 14;

/** The characters in front of each separator: 12.ABC.345/01DE-35. */
export const CNPJ_SEPARATORS_AFTER = [2, 5, 8, 12] as const;

const ZERO = 48;

/**
 * Of the first `length` characters: each is worth its ASCII code less 48 (so digits keep their value and A is 17),
 * weights 2 to 9 cycling from the right, modulo 11.
 */
function checkDigit(value: string, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i += 1) sum += (value.charCodeAt(i) - ZERO) * (2 + ((length - 1 - i) % 8));
  const rest = sum % 11;
  return rest < 2 ? 0 : 11 - rest;
}

/**
 * The fourteen characters of a valid CNPJ, numeric or alphanumeric, normalised; undefined if it is not one, or is
 * punctuated as no CNPJ is.
 */
export function parseCnpj(text: string): Cnpj | undefined {
  const value = normaliseDocument(text);
  if (!/^[0-9A-Z]{12}\d{2}$/.test(value) || isRepeated(value)) return undefined;
  if (!isPunctuated(text, CNPJ_SEPARATORS_AFTER)) return undefined;
  if (checkDigit(value, 12) !== value.charCodeAt(12) - ZERO) return undefined;
  if (checkDigit(value, 13) !== value.charCodeAt(13) - ZERO) return undefined;
  return value as Cnpj;
}
