import { CNPJ_LENGTH } from './cnpj.ts';
import { CPF_LENGTH } from './cpf.ts';

const ZERO = 0x30;

/**
 * True if the first `length` bytes, all of them ASCII digits, are a valid CPF or CNPJ. It agrees with parseDocument for
 * the same text, but creates no string, because it checks ten thousand rows at a time.
 */
export function areDocumentDigits(digits: Uint8Array, length: number): boolean {
  if ((length !== CPF_LENGTH && length !== CNPJ_LENGTH) || isRepeated(digits, length)) return false;
  // A CPF's weights keep growing from the right. A CNPJ's start again at 2 after 9.
  const weights = length === CPF_LENGTH ? CPF_LENGTH : 8;
  return hasCheckDigit(digits, length - 2, weights) && hasCheckDigit(digits, length - 1, weights);
}

/**
 * True if the digit at `at` is the check digit of those before it: modulo 11, with zero for ten. The digit before it
 * has the weight 2.
 */
function hasCheckDigit(digits: Uint8Array, at: number, weights: number): boolean {
  let sum = 0;
  for (let left = at - 1, step = 0; left >= 0; left -= 1, step += 1) {
    if (step === weights) step = 0;
    sum += ((digits[left] ?? 0) - ZERO) * (step + 2);
  }
  const rest = sum % 11;
  return (digits[at] ?? 0) - ZERO === (rest < 2 ? 0 : 11 - rest);
}

function isRepeated(digits: Uint8Array, length: number): boolean {
  for (let at = 1; at < length; at += 1) if (digits[at] !== digits[0]) return false;
  return true;
}
