import { CNPJ_LENGTH } from './cnpj.ts';
import { CPF_LENGTH } from './cpf.ts';

const ZERO = 0x30;

/**
 * Whether the first `length` bytes, all of them ASCII digits, are a valid CPF or CNPJ: what parseDocument says of the same
 * text, without making one. For ten thousand rows at a time.
 */
export function areDocumentDigits(digits: Uint8Array, length: number): boolean {
  if ((length !== CPF_LENGTH && length !== CNPJ_LENGTH) || isRepeated(digits, length)) return false;
  // A CPF's weights go on growing from the right, a CNPJ's start again at 2 after 9.
  const weights = length === CPF_LENGTH ? CPF_LENGTH : 8;
  return hasCheckDigit(digits, length - 2, weights) && hasCheckDigit(digits, length - 1, weights);
}

/** The check digit at `at`, modulo 11, ten counts as zero; the weight of the digit before it is 2. */
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
