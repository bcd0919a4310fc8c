import { parseReais, type Centavos } from '#money';
import { ReadingOpenError, type Dialect } from '../dialect/dialect.ts';

/** `1.234` or `1,234`: a thousand or a bit more than one, depending on the separator. */
export function isAmbiguousAmount(amount: string): boolean {
  return /^[1-9]\d{0,2}[.,]\d{3}$/.test(amount);
}

/** '0.123' is no thousand, whatever the separator is. */
const ZERO_THOUSANDS = /^0\d*[.,]\d{3}/;
const AMOUNT_CHARS_MAX = 40;

export type AmountReading =
  { readonly kind: 'amount'; readonly amount: Centavos } | { readonly kind: 'negative' | 'ambiguous' | 'invalid' };

type AmountDialect = Pick<Dialect, 'decimal' | 'decimalSure' | 'open'>;

/** Reads an amount in reais as the file writes them, and never one that could as well be a thousandth of it. */
export function readAmount(text: string, dialect: AmountDialect): AmountReading {
  if (text.length > AMOUNT_CHARS_MAX) return { kind: 'invalid' };
  const bare = text.replace(/^R\$\s*/, '');
  refuseOpen(bare, dialect.open);
  if (bare.startsWith('-')) {
    return { kind: parseReais(bare.slice(1), dialect.decimal) === undefined ? 'invalid' : 'negative' };
  }
  if (!dialect.decimalSure && isAmbiguousAmount(bare)) return { kind: 'ambiguous' };

  const amount = ZERO_THOUSANDS.test(bare) ? undefined : parseReais(bare, dialect.decimal);
  return amount === undefined ? { kind: 'invalid' } : { kind: 'amount', amount };
}

function refuseOpen(amount: string, open: Dialect['open']): void {
  if (open === undefined) return;
  if (open.includes('decimals') && /[.,]/.test(amount)) throw new ReadingOpenError('decimals');
  if (open.includes('thousands') && isAmbiguousAmount(amount)) throw new ReadingOpenError('thousands');
}
