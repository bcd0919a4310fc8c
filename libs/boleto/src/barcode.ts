import { isDigits, restModulo11 } from './check-digits.ts';

const BARCODE_LENGTH = 44;

/** 9 = Real, the only currency left. */
const CURRENCY = '9';
const CURRENCY_AT = 3;
const CHECK_DIGIT_AT = 4;

/** The dígito verificador geral of the 43 digits around it: 1 to 9, never 0, which means "none". */
function generalCheckDigit(digits: string): number {
  const result = 11 - restModulo11(digits);
  return result > 9 ? 1 : result;
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
  return head + generalCheckDigit(head + tail).toString() + tail;
}

/** Whether text is 44 digits of a boleto in Reais whose check digit is right. */
export function isBarcode(text: string): boolean {
  if (!isDigits(text, BARCODE_LENGTH, BARCODE_LENGTH) || text.charAt(CURRENCY_AT) !== CURRENCY) return false;
  const digits = text.slice(0, CHECK_DIGIT_AT) + text.slice(CHECK_DIGIT_AT + 1);
  return text.charAt(CHECK_DIGIT_AT) === generalCheckDigit(digits).toString();
}
