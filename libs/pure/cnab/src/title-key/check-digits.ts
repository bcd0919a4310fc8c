const ZERO = 48;

/** Modulo 10 with weights 2 and 1 from the right, the digits of each product added up. */
export function modulo10(digits: string): string {
  let sum = 0;
  for (let at = digits.length - 1, weight = 2; at >= 0; at -= 1, weight = 3 - weight) {
    const product = (digits.charCodeAt(at) - ZERO) * weight;
    sum += product > 9 ? product - 9 : product;
  }
  return ((10 - (sum % 10)) % 10).toString();
}

/** The remainder of the weighted sum, weights 2 to `weightMax` from the right. */
function remainder11(digits: string, weightMax = 9): number {
  let sum = 0;
  for (let at = digits.length - 1, weight = 2; at >= 0; at -= 1) {
    sum += (digits.charCodeAt(at) - ZERO) * weight;
    weight = weight === weightMax ? 2 : weight + 1;
  }
  return sum % 11;
}

/** Modulo 11 with 0 for remainders of 0 and 1. */
export function modulo11(digits: string): string {
  const rest = remainder11(digits);
  return rest < 2 ? '0' : (11 - rest).toString();
}

/** Modulo 11 with weights 2 to 7 and P for ten, as Bradesco has it. */
export function modulo11OrP(digits: string): string {
  const rest = remainder11(digits, 7);
  if (rest === 1) return 'P';
  return rest === 0 ? '0' : (11 - rest).toString();
}

/** Modulo 11 with X for ten, weights 9 to 2 from the right, as Banco do Brasil has it. */
export function modulo11OrX(digits: string): string {
  let sum = 0;
  for (let at = digits.length - 1, weight = 9; at >= 0; at -= 1) {
    sum += (digits.charCodeAt(at) - ZERO) * weight;
    weight = weight === 2 ? 9 : weight - 1;
  }
  const rest = sum % 11;
  return rest === 10 ? 'X' : rest.toString();
}

/** Banrisul's two digits: a modulo 10, then a modulo 11 over both. A remainder of 1 makes the first one greater. */
export function banrisulDigits(digits: string): string {
  let first = modulo10(digits);
  let rest = remainder11(digits + first, 7);
  if (rest === 1) {
    first = ((Number(first) + 1) % 10).toString();
    rest = remainder11(digits + first, 7);
  }
  return first + (rest === 0 ? '0' : (11 - rest).toString());
}
