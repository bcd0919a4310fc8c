import { isDigits, restModulo11 } from './check-digits.ts';

export const BARCODE_LENGTH = 44;

/** 9 = Real, the only currency left. */
export const CURRENCY = '9';
export const CURRENCY_AT = 3;
export const CHECK_DIGIT_AT = 4;

/** The dígito verificador geral of the 43 digits around it: 1 to 9, never 0, which means "none". */
function generalCheckDigit(digits: string): string {
  const result = 11 - restModulo11(digits);
  return (result > 9 ? 1 : result).toString();
}

/** The dígito verificador geral that 44 digits should have; what stands in its place does not count. */
export function checkDigitOfBarcode(barcode: string): string {
  return generalCheckDigit(barcode.slice(0, CHECK_DIGIT_AT) + barcode.slice(CHECK_DIGIT_AT + 1));
}

/** The 44 digits of the código de barras (FEBRABAN): bank, currency, check digit, factor, centavos, campo livre. */
export function barcodeOf(parts: {
  readonly bankCode: string;
  /** Four digits. */
  readonly factor: string;
  /** Ten digits, centavos. */
  readonly amount: string;
  /** 25 digits. */
  readonly campoLivre: string;
}): string {
  const head = parts.bankCode + CURRENCY;
  const tail = parts.factor + parts.amount + parts.campoLivre;
  return head + generalCheckDigit(head + tail) + tail;
}

/** Whether text is 44 digits of a boleto in Reais whose check digit is right. */
export function isBarcode(text: string): boolean {
  if (!isDigits(text, BARCODE_LENGTH, BARCODE_LENGTH) || text.charAt(CURRENCY_AT) !== CURRENCY) return false;
  return text.charAt(CHECK_DIGIT_AT) === checkDigitOfBarcode(text);
}
