import { CNPJ_LENGTH, CNPJ_SEPARATORS_AFTER, parseCnpj, type Cnpj } from './cnpj.ts';
import { CPF_LENGTH, CPF_SEPARATORS_AFTER, parseCpf, type Cpf } from './cpf.ts';
import { isPunctuated, isRepeated, normaliseDocument } from './normalise.ts';

/** The document of a person (CPF) or of a company (CNPJ). `value` is normalised. */
export type BrDocument =
  { readonly kind: 'cpf'; readonly value: Cpf } | { readonly kind: 'cnpj'; readonly value: Cnpj };

/**
 * The reason why a text is not a document. `letters`: a character in a place where it is not allowed. `punctuation`: a
 * separator in such a place.
 */
export type DocumentProblem =
  | 'empty'
  | 'scientific-notation'
  | 'decimals'
  | 'letters'
  | 'lost-leading-zeros'
  | 'length'
  | 'punctuation'
  | 'repeated'
  | 'check-digits';

/** The form in which a spreadsheet writes a document that it took for a number: 5.2998224725E+10, 5,3E+10. */
const SCIENTIFIC_NOTATION = /^\d(?:[.,]\d+)?E\+?\d{1,3}$/i;

/** The form in which a program writes a document that it took for a number: 1000000028.0, 52998224725,00. */
const WITH_DECIMALS = /^(\d+)[.,](\d*)$/;

/** A valid CPF or CNPJ, distinguished by length; undefined if the text is neither. */
export function parseDocument(text: string): BrDocument | undefined {
  const value = normaliseDocument(text);
  if (value.length === CPF_LENGTH) {
    const cpf = parseCpf(text);
    return cpf === undefined ? undefined : { kind: 'cpf', value: cpf };
  }
  const cnpj = parseCnpj(text);
  return cnpj === undefined ? undefined : { kind: 'cnpj', value: cnpj };
}

/**
 * The first reason why `parseDocument` refuses the text, in the order in which a person would look; undefined if it
 * accepts it.
 */
export function explainDocument(text: string): DocumentProblem | undefined {
  if (parseDocument(text) !== undefined) return undefined;
  const value = normaliseDocument(text);
  if (value === '') return 'empty';
  if (SCIENTIFIC_NOTATION.test(text.trim())) return 'scientific-notation';
  if (WITH_DECIMALS.test(text.trim())) return 'decimals';
  if (!/^[0-9A-Z]*$/.test(value)) return 'letters';

  if (/[A-Z]/.test(value)) {
    // Only the first twelve of a CNPJ's fourteen characters may be letters.
    if (value.length !== CNPJ_LENGTH) return value.length === CPF_LENGTH ? 'letters' : 'length';
    if (/[A-Z]/.test(value.slice(12))) return 'letters';
    return parseDocument(value) === undefined ? 'check-digits' : 'punctuation';
  }
  if (value.length !== CPF_LENGTH && value.length !== CNPJ_LENGTH) {
    return hasLostLeadingZeros(value) ? 'lost-leading-zeros' : 'length';
  }
  if (isRepeated(value)) return 'repeated';
  return parseDocument(value) === undefined ? 'check-digits' : 'punctuation';
}

/**
 * True for digits from which a spreadsheet dropped the leading zeros, taking them for a number. They are reported,
 * never restored silently.
 */
function hasLostLeadingZeros(digits: string): boolean {
  return (
    parseCpf(digits.padStart(CPF_LENGTH, '0')) !== undefined ||
    parseCnpj(digits.padStart(CNPJ_LENGTH, '0')) !== undefined
  );
}

/**
 * The CPF whose leading zeros a spreadsheet dropped, with its zeros. The text must be 1 to 10 digits that are a valid
 * CPF with leading zeros, and must not also be a valid CNPJ with more zeros ('191' is both); otherwise undefined. One
 * number in a hundred is a CPF by chance, so use this only for a file that is known to have lost zeros.
 */
export function restoreLeadingZeros(text: string): Cpf | undefined {
  const digits = normaliseDocument(text);
  if (!/^\d+$/.test(digits) || digits.length >= CPF_LENGTH) return undefined;
  const lost = CPF_LENGTH - digits.length;
  const places = CPF_SEPARATORS_AFTER.map((place) => place - lost);
  if (!isPunctuated(text, places)) return undefined;
  if (parseCnpj(digits.padStart(CNPJ_LENGTH, '0')) !== undefined) return undefined;
  return parseCpf(digits.padStart(CPF_LENGTH, '0'));
}

/**
 * The document that a spreadsheet wrote as a number with decimals, all of them zero: 52998224725.0 or 3641450055,00,
 * which has lost its leading zeros too. Undefined if the number could be two documents. Use it for the same files as
 * restoreLeadingZeros.
 */
export function restoreFromDecimals(text: string): BrDocument | undefined {
  const [, digits = '', decimals = ''] = WITH_DECIMALS.exec(text.trim()) ?? [];
  if (!/^0{1,6}$/.test(decimals)) return undefined;
  if (digits.length === CPF_LENGTH && parseCnpj(digits.padStart(CNPJ_LENGTH, '0')) !== undefined) return undefined;
  const cpf = restoreLeadingZeros(digits);
  return cpf === undefined ? parseDocument(digits) : { kind: 'cpf', value: cpf };
}

/**
 * The digits of a number that people write with separators, 043-97-2163 or 12.345.678-9; undefined for any other text.
 * Points must stand as in a CPF or CNPJ, or separate thousands before another separator. Any other point could be a
 * decimal point, and without it the digits would be another number.
 */
export function parseIdentityNumber(text: string): string | undefined {
  const digits = normaliseDocument(text);
  if (!/^\d{1,14}$/.test(digits)) return undefined;
  if (digits === text) return digits;
  const places = digits.length === CPF_LENGTH ? CPF_SEPARATORS_AFTER : CNPJ_SEPARATORS_AFTER;
  const isWhole = digits.length === CPF_LENGTH || digits.length === CNPJ_LENGTH;
  if (isWhole && isPunctuated(text, places)) return digits;
  const groups = text.trim().split('.');
  const end = groups.pop() ?? '';
  if (!/^\d/.test(groups[0] ?? end) || !/\d$/.test(end)) return undefined;
  if (groups.length === 0) return digits;
  const areThousands =
    groups.every((group, at) => (at === 0 ? /^\d{1,3}$/ : /^\d{3}$/).test(group)) && /^\d{3}(?!\d)/.test(end);
  return areThousands && (groups.length > 1 || end.length > 3) ? digits : undefined;
}

/** The printed form: 529.982.247-25 or 12.ABC.345/01DE-35. A value of another length is returned unchanged. */
export function formatDocument(value: string): string {
  if (value.length === CPF_LENGTH) {
    return `${value.slice(0, 3)}.${value.slice(3, 6)}.${value.slice(6, 9)}-${value.slice(9)}`;
  }
  if (value.length === CNPJ_LENGTH) {
    return `${value.slice(0, 2)}.${value.slice(2, 5)}.${value.slice(5, 8)}/${value.slice(8, 12)}-${value.slice(12)}`;
  }
  return value;
}

/**
 * The form for logs and screens: ***.982.247-** or **.ABC.345/****-**. A value of another length is hidden completely.
 */
export function maskDocument(value: string): string {
  if (value.length === CPF_LENGTH) return `***.${value.slice(3, 6)}.${value.slice(6, 9)}-**`;
  if (value.length === CNPJ_LENGTH) return `**.${value.slice(2, 5)}.${value.slice(5, 8)}/****-**`;
  return '***';
}
