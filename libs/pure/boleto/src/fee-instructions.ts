import { addDays, daysBetween, formatBrDate, type CalendarDate } from '#calendar';
import { centavos, formatReais } from '#money';

import { CONSUMER_CEILINGS, ceilingsOf, parseHundredths, type FeeCeilings, type Fees } from './fees.ts';

/** The boleto that fees are worked out for. */
interface FeeTerms {
  /** Centavos. */
  readonly amount: bigint;
  readonly dueDate: CalendarDate;
  /** A discount whose day was over by then is not printed. */
  readonly issuedOn: CalendarDate;
}

/** In the hundredths of a percent that percentages are counted in. */
const HUNDRED_PERCENT = 10_000n;

/** The month of the banks' contracts, whatever the calendar says. */
const DAYS_A_MONTH = 30n;

/**
 * The fees of one boleto as the banks' manuals ask for them, in dates and R$ and never in "%" or "days": one sentence
 * for each that comes to at least a centavo, in Portuguese, for the field of instructions.
 *
 * Every result is rounded down to the centavo, so that none exceeds its ceiling. Juros are a month's divided by 30;
 * where that is less than a centavo a day, the month's are printed. Fees in R$ that exceed the ceiling of this amount
 * are printed as the ceiling; a discount in R$ that is not less than the amount is not printed.
 *
 * @throws RangeError for fees that checkFees refuses.
 */
export function feeInstructions(
  fees: Fees,
  terms: FeeTerms,
  defaults: FeeCeilings = CONSUMER_CEILINGS,
): readonly string[] {
  const ceilings = ceilingsOf(fees, defaults);
  return [
    multaOf(fees, terms, percentOf(terms.amount, ceilings.multaPercent)),
    jurosOf(fees, terms, percentOf(terms.amount, ceilings.jurosPercentPerMonth)),
    descontoOf(fees, terms),
  ].filter((line) => line !== undefined);
}

function multaOf({ multa }: Fees, { amount, dueDate }: FeeTerms, max: bigint): string | undefined {
  if (multa === undefined) return undefined;
  const asked = 'percent' in multa ? percentOf(amount, multa.percent) : hundredths(multa.amount);
  const value = least(asked, max);
  return value === 0n ? undefined : `Após ${formatBrDate(dueDate)} cobrar multa de ${reais(value)}.`;
}

function jurosOf({ juros }: Fees, { amount, dueDate }: FeeTerms, monthMax: bigint): string | undefined {
  if (juros === undefined) return undefined;
  const after = `Após ${formatBrDate(dueDate)} cobrar juros de`;
  if ('amountPerDay' in juros) {
    const day = least(hundredths(juros.amountPerDay), monthMax / DAYS_A_MONTH);
    return day === 0n ? undefined : `${after} ${reais(day)} por dia de atraso.`;
  }
  const month = least(percentOf(amount, juros.percentPerMonth), monthMax);
  const day = month / DAYS_A_MONTH;
  if (day > 0n) return `${after} ${reais(day)} por dia de atraso.`;
  return month === 0n ? undefined : `${after} ${reais(month)} por mês de atraso.`;
}

function descontoOf({ desconto }: Fees, { amount, dueDate, issuedOn }: FeeTerms): string | undefined {
  if (desconto === undefined) return undefined;
  const until = addDays(dueDate, -desconto.daysBefore);
  const value = 'percent' in desconto ? percentOf(amount, desconto.percent) : hundredths(desconto.amount);
  if (value === 0n || value >= amount || daysBetween(issuedOn, until) < 0) return undefined;
  return `Até ${formatBrDate(until)} conceder desconto de ${reais(value)}.`;
}

function percentOf(amount: bigint, percent: string): bigint {
  return (amount * hundredths(percent)) / HUNDRED_PERCENT;
}

function hundredths(text: string): bigint {
  const value = parseHundredths(text);
  if (value === undefined) throw new RangeError(`${text} is not a fee: checkFees says so`);
  return value;
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function reais(value: bigint): string {
  return formatReais(centavos(value));
}
