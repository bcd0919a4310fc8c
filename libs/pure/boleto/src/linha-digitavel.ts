import { isBarcode } from './barcode.ts';
import { isDigits, modulo10 } from './check-digits.ts';

export const LINHA_LENGTH = 47;

/** The first three of the five fields, as [from, to) in the linha. The last digit of each is its check digit. */
export const CHECKED_FIELDS = [
  [0, 10],
  [10, 21],
  [21, 32],
] as const;

/** Removes the dots, hyphens and white space with which people type or paste a linha. */
export function withoutPunctuation(text: string): string {
  return text.replaceAll(/[\s.-]/g, '');
}

/** The 44 digits that the 47 encode. Check digits are not verified. */
export function barcodeBehind(linha: string): string {
  return linha.slice(0, 4) + linha.slice(32) + linha.slice(4, 9) + linha.slice(10, 20) + linha.slice(21, 31);
}

/** The correct check digit at the end of the field [from, to) of a linha. */
export function checkDigitOfField(linha: string, from: number, to: number): string {
  return modulo10(linha, from, to - 1).toString();
}

/** The 47 digits that people type, from a barcode whose check digit is known to be correct. */
export function linhaOf(barcode: string): string {
  const first = barcode.slice(0, 4) + barcode.slice(19, 24);
  return (
    first +
    modulo10(first).toString() +
    barcode.slice(24, 34) +
    modulo10(barcode, 24, 34).toString() +
    barcode.slice(34) +
    modulo10(barcode, 34, 44).toString() +
    barcode.slice(4, 19)
  );
}

/** The 47 digits that people type, from the 44 of the barcode. Throws RangeError if it is not a barcode (isBarcode). */
export function linhaFromBarcode(barcode: string): string {
  if (!isBarcode(barcode)) throw new RangeError(`${barcode} is not the barcode of a boleto`);
  return linhaOf(barcode);
}

/**
 * The barcode of a linha digitável of 47 digits, typed or pasted. Punctuation and white space are ignored. Undefined if
 * any of its four check digits is wrong, or if it is not a boleto: the 48 digits of an arrecadação (taxes, utilities)
 * have another format. parseBoleto reports the fault and reads the other parts.
 */
export function barcodeFromLinha(text: string): string | undefined {
  const linha = withoutPunctuation(text);
  if (!isDigits(linha, LINHA_LENGTH, LINHA_LENGTH)) return undefined;
  for (const [from, to] of CHECKED_FIELDS) {
    if (checkDigitOfField(linha, from, to) !== linha.charAt(to - 1)) return undefined;
  }
  const barcode = barcodeBehind(linha);
  return isBarcode(barcode) ? barcode : undefined;
}

/**
 * The printed form, 54 characters: AAABC.CCCCX DDDDD.DDDDDY EEEEE.EEEEEZ K UUUUVVVVVVVVVV. RangeError unless 47 digits.
 */
export function formatLinhaDigitavel(linha: string): string {
  if (!isDigits(linha, LINHA_LENGTH, LINHA_LENGTH)) throw new RangeError('a linha digitável has 47 digits');
  return (
    `${linha.slice(0, 5)}.${linha.slice(5, 10)} ` +
    `${linha.slice(10, 15)}.${linha.slice(15, 21)} ` +
    `${linha.slice(21, 26)}.${linha.slice(26, 32)} ` +
    `${linha.slice(32, 33)} ${linha.slice(33)}`
  );
}
