// Plain loops over character codes, because these functions run several times for each of millions of boletos.

const ZERO = 48;

/** True if the text is min to max characters, all of them 0 to 9. */
export function isDigits(text: string, min: number, max: number): boolean {
  if (text.length < min || text.length > max) return false;
  for (let i = 0; i < text.length; i += 1) {
    const digit = text.charCodeAt(i) - ZERO;
    if (digit < 0 || digit > 9) return false;
  }
  return true;
}

/** Removes the leading zeros and pads the digits with zeros to `length`. */
export function padded(digits: string, length: number): string {
  return digits.length > length ? digits.slice(-length) : digits.padStart(length, '0');
}

/** Modulo 10 of text[from..to): weights 2, 1, 2, 1 … from the right, with the digits of each product added up. */
export function modulo10(text: string, from = 0, to = text.length): number {
  let sum = 0;
  let double = true;
  for (let i = to - 1; i >= from; i -= 1) {
    const digit = text.charCodeAt(i) - ZERO;
    if (!double) sum += digit;
    else sum += digit > 4 ? digit * 2 - 9 : digit * 2;
    double = !double;
  }
  return (10 - (sum % 10)) % 10;
}

/** The weighted sum modulo 11. The weights are 2, 3 … weightMax, 2, 3 … from the right. */
export function restModulo11(text: string, weightMax = 9): number {
  let sum = 0;
  let weight = 2;
  for (let i = text.length - 1; i >= 0; i -= 1) {
    sum += (text.charCodeAt(i) - ZERO) * weight;
    weight = weight === weightMax ? 2 : weight + 1;
  }
  return sum % 11;
}

/** Modulo 11 as most banks use it: 11 minus the remainder, with 0 for a result of two digits. */
export function modulo11(text: string, weightMax = 9): number {
  const rest = restModulo11(text, weightMax);
  return rest < 2 ? 0 : 11 - rest;
}

/** Modulo 11 with weights 2 to 7 as Bradesco and Uniprime use it: P for a result of ten, 0 for eleven. */
export function modulo11OrP(text: string): string {
  const rest = restModulo11(text, 7);
  if (rest === 1) return 'P';
  return rest === 0 ? '0' : (11 - rest).toString();
}
