import { isDigits, restModulo11 } from './check-digits.ts';

export const BARCODE_LENGTH = 44;

/** 9 is the Real, the only currency in use. */
export const CURRENCY = '9';
export const CURRENCY_AT = 3;
export const CHECK_DIGIT_AT = 4;

/** The dígito verificador geral of the other 43 digits: 1 to 9. It is never 0, because 0 means "none". */
function generalCheckDigit(digits: string): string {
  const result = 11 - restModulo11(digits);
  return (result > 9 ? 1 : result).toString();
}

/** The correct dígito verificador geral of 44 digits. The digit now in its place is ignored. */
export function checkDigitOfBarcode(barcode: string): string {
  return generalCheckDigit(barcode.slice(0, CHECK_DIGIT_AT) + barcode.slice(CHECK_DIGIT_AT + 1));
}

/** The 44 digits of the código de barras (FEBRABAN): bank, currency, check digit, factor, centavos, campo livre. */
export function barcodeOf(parts: {
  readonly bankCode: string;
  /** Four digits. */
  readonly factor: string;
  /** Centavos in ten digits. */
  readonly amount: string;
  /** 25 digits. */
  readonly campoLivre: string;
}): string {
  const head = parts.bankCode + CURRENCY;
  const tail = parts.factor + parts.amount + parts.campoLivre;
  return head + generalCheckDigit(head + tail) + tail;
}

/** True for the 44 digits of a boleto in Reais with a correct check digit. */
export function isBarcode(text: string): boolean {
  if (!isDigits(text, BARCODE_LENGTH, BARCODE_LENGTH) || text.charAt(CURRENCY_AT) !== CURRENCY) return false;
  return text.charAt(CHECK_DIGIT_AT) === checkDigitOfBarcode(text);
}
