import { isPunctuated, isRepeated, normaliseDocument } from './normalise.ts';

/** Eleven digits with valid check digits. */
export type Cpf = string & { readonly __format: 'cpf' };

export const CPF_LENGTH = 11;

/** The number of digits before each separator: 529.982.247-25. */
export const CPF_SEPARATORS_AFTER = [3, 6, 9] as const;

const ZERO = 48;

/** The check digit of the first `length` digits, modulo 11, with zero for ten. The weights are length + 1 down to 2. */
function checkDigit(digits: string, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i += 1) sum += (digits.charCodeAt(i) - ZERO) * (length + 1 - i);
  return ((sum * 10) % 11) % 10;
}

/**
 * The eleven digits of a valid CPF, without punctuation. Undefined if the text is not a CPF, or is not punctuated like
 * one.
 */
export function parseCpf(text: string): Cpf | undefined {
  const value = normaliseDocument(text);
  if (!/^\d{11}$/.test(value) || isRepeated(value)) return undefined;
  if (!isPunctuated(text, CPF_SEPARATORS_AFTER)) return undefined;
  if (checkDigit(value, 9) !== value.charCodeAt(9) - ZERO) return undefined;
  if (checkDigit(value, 10) !== value.charCodeAt(10) - ZERO) return undefined;
  return value as Cpf;
}
