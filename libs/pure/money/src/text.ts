import { centavos, type Centavos } from './centavos.ts';

/** Sixteen digits of reais and two of centavos always fit PostgreSQL's bigint. */
const REAIS_DIGITS_MAX = 16;

const AMOUNT_BY_DECIMAL = {
  ',': /^(?:R\$\s*)?(\d+|[1-9]\d{0,2}(?:\.\d{3})+)(?:,(\d{1,2}))?$/,
  '.': /^(?:R\$\s*)?(\d+|[1-9]\d{0,2}(?:,\d{3})+)(?:\.(\d{1,2}))?$/,
} as const;

/**
 * Parses an amount in reais; `decimal` is its decimal separator: '1.234,56' or '1,234.56', with or without thousands
 * separators (correctly grouped) and 'R$'. Undefined for any other text: a sign, more than two decimals, wrong
 * grouping, the other separator, more than sixteen digits of reais. Zero is an amount.
 */
export function parseReais(text: string, decimal: '.' | ','): Centavos | undefined {
  const match = AMOUNT_BY_DECIMAL[decimal].exec(text.trim());
  if (match === null) return undefined;

  const reais = (match[1] ?? '').replaceAll(decimal === ',' ? '.' : ',', '');
  if (reais.length > REAIS_DIGITS_MAX) return undefined;
  return centavos(BigInt(reais + (match[2] ?? '').padEnd(2, '0')));
}

function split(amount: Centavos): { readonly reais: string; readonly cents: string } {
  const digits = amount.toString().padStart(3, '0');
  return { reais: digits.slice(0, -2), cents: digits.slice(-2) };
}

/** The form for people: 'R$ 1.234,56', with an ordinary space. */
export function formatReais(amount: Centavos): string {
  const { reais, cents } = split(amount);
  return `R$ ${reais.replaceAll(/\B(?=(?:\d{3}){1,9}$)/g, '.')},${cents}`;
}

/** The form for JSON, SQL and other programs: '1234.56'. */
export function formatDecimal(amount: Centavos): string {
  const { reais, cents } = split(amount);
  return `${reais}.${cents}`;
}
