const ALPHANUMERIC = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/**
 * Digits in which neighbouring seeds differ widely, so that documents do not look alike. Never returns equal digits
 * only.
 */
function digitsFrom(seed: number, length: number): string {
  const spread = (BigInt(seed) * 982_451_653n + 123_456_789n) % 10n ** BigInt(length);
  const digits = spread.toString().padStart(length, '0');
  return /^(\d)\1*$/.test(digits) ? `${digits.slice(0, -1)}${digits.startsWith('9') ? '0' : '9'}` : digits;
}

/** Modulo 11 with weights 2, 3, … `weightMax`, repeated, from the right. A letter counts as its ASCII code minus 48. */
function checkDigit(text: string, weightMax: number): string {
  const sum = Array.from(text)
    .toReversed()
    .reduce((total, character, at) => {
      return total + (character.charCodeAt(0) - 48) * (2 + (at % (weightMax - 1)));
    }, 0);
  const remainder = sum % 11;
  return remainder < 2 ? '0' : (11 - remainder).toString();
}

function withCheckDigits(base: string, weightMax: number): string {
  const first = checkDigit(base, weightMax);
  return base + first + checkDigit(base + first, weightMax);
}

/** A valid CPF of 11 digits. Equal seeds (whole numbers from 0) give equal CPFs, and different seeds different ones. */
export function cpfFrom(seed: number): string {
  return withCheckDigits(digitsFrom(seed, 9), 11);
}

/** A valid CNPJ of digits only. */
export function cnpjFrom(seed: number): string {
  return withCheckDigits(`${digitsFrom(seed, 8)}0001`, 9);
}

/** A valid CNPJ with letters, as issued since July 2026 (Instrução Normativa RFB 2.229/2024). */
export function alphanumericCnpjFrom(seed: number): string {
  const letters = Array.from(digitsFrom(seed, 8), (digit, at) => {
    return at % 2 === 0 ? (ALPHANUMERIC[10 + ((Number(digit) * 2 + at) % 26)] ?? 'A') : digit;
  });
  return withCheckDigits(`${letters.join('')}0001`, 9);
}
