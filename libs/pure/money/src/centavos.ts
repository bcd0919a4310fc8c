/** An amount of money in centavos. It is never a `number`, because 0.1 + 0.2 must not reach a ledger. */
export type Centavos = bigint & { readonly __unit: 'centavos' };

/** Brands an integer number of centavos. Throws RangeError if it is negative. */
export function centavos(value: bigint): Centavos {
  if (value < 0n) throw new RangeError(`an amount cannot be negative: ${value.toString()}`);
  return value as Centavos;
}
