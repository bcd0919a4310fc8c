import { BARCODE_LENGTH, CHECK_DIGIT_AT, CURRENCY } from './barcode.ts';
import { LINHA_LENGTH } from './linha-digitavel.ts';

const ZERO = 48;
const FACTOR_AT = 5;
const AMOUNT_AT = 9;
const CAMPO_LIVRE_AT = 19;
const CAMPO_LIVRE_LENGTH = BARCODE_LENGTH - CAMPO_LIVRE_AT;

/**
 * Writes the código de barras and the linha digitável of boletos as ASCII digits. The memory is reused for the next
 * boleto. Millions are made, and as strings they would be sliced, joined and encoded several times each.
 */
export class BoletoCodes {
  /** 44 digits. */
  readonly codigoBarras = Buffer.alloc(BARCODE_LENGTH);
  /** 47 digits. */
  readonly linhaDigitavel = Buffer.alloc(LINHA_LENGTH);

  /** @param bankCode COMPE code, three digits */
  constructor(bankCode: string) {
    writeText(this.codigoBarras, 0, bankCode + CURRENCY);
  }

  /**
   * Writes the codes of one boleto over the previous ones.
   * @param factor 1000 to 9999
   * @param amount centavos, 0 to 9,999,999,999
   * @param campoLivre 25 digits
   */
  write(factor: number, amount: number, campoLivre: string): void {
    if (campoLivre.length !== CAMPO_LIVRE_LENGTH) throw new RangeError(`campo livre ${campoLivre} is not 25 digits`);
    const barcode = this.codigoBarras;
    writeNumber(barcode, FACTOR_AT, AMOUNT_AT, factor);
    writeNumber(barcode, AMOUNT_AT, CAMPO_LIVRE_AT, amount);
    writeText(barcode, CAMPO_LIVRE_AT, campoLivre);
    barcode[CHECK_DIGIT_AT] = ZERO + generalCheckDigit(barcode);
    writeLinha(this.linhaDigitavel, barcode);
  }
}

function writeText(target: Uint8Array, at: number, text: string): void {
  for (let i = 0; i < text.length; i += 1) target[at + i] = text.charCodeAt(i);
}

/** Writes the number in all the digits from `from` to `to`, with leading zeros. */
function writeNumber(target: Uint8Array, from: number, to: number, value: number): void {
  let rest = value;
  for (let at = to - 1; at >= from; at -= 1) {
    const tenth = Math.floor(rest / 10);
    target[at] = ZERO + rest - tenth * 10;
    rest = tenth;
  }
}

function copy(target: Uint8Array, at: number, source: Uint8Array, from: number, to: number): void {
  for (let i = from; i < to; i += 1) target[at + i - from] = source[i] ?? 0;
}

/** checkDigitOfBarcode for bytes: weights 2 to 9 from the right, without the check digit's own place. */
function generalCheckDigit(barcode: Uint8Array): number {
  let sum = 0;
  let weight = 2;
  for (let at = BARCODE_LENGTH - 1; at >= 0; at -= 1) {
    if (at === CHECK_DIGIT_AT) continue;
    sum += ((barcode[at] ?? 0) - ZERO) * weight;
    weight = weight === 9 ? 2 : weight + 1;
  }
  const result = 11 - (sum % 11);
  return result > 9 ? 1 : result;
}

/** linhaOf for bytes. */
function writeLinha(linha: Uint8Array, barcode: Uint8Array): void {
  copy(linha, 0, barcode, 0, 4);
  copy(linha, 4, barcode, 19, 24);
  linha[9] = ZERO + modulo10(linha, 0, 9);
  copy(linha, 10, barcode, 24, 34);
  linha[20] = ZERO + modulo10(linha, 10, 20);
  copy(linha, 21, barcode, 34, 44);
  linha[31] = ZERO + modulo10(linha, 21, 31);
  copy(linha, 32, barcode, 4, 19);
}

/** modulo10 of check-digits.ts for bytes. */
function modulo10(digits: Uint8Array, from: number, to: number): number {
  let sum = 0;
  let double = true;
  for (let at = to - 1; at >= from; at -= 1) {
    const digit = (digits[at] ?? 0) - ZERO;
    if (!double) sum += digit;
    else sum += digit > 4 ? digit * 2 - 9 : digit * 2;
    double = !double;
  }
  return (10 - (sum % 10)) % 10;
}
