import { addDays, daysBetween, formatBrDate, type CalendarDate } from '#calendar';
import { centavos, formatReais } from '#money';
import { ceilingsOf, CONSUMER_CEILINGS, parseHundredths, type FeeCeilings, type Fees } from './fees.ts';

/** The facts of the boleto from which fees are computed. */
interface FeeTerms {
  /** Centavos. */
  readonly amount: bigint;
  readonly dueDate: CalendarDate;
  /** A discount whose last day is before this day is not printed. */
  readonly issuedOn: CalendarDate;
}

/** 100 % in hundredths of a percent, the unit of percentages here. */
const HUNDRED_PERCENT = 10_000n;

/** Days of a month in the banks' contracts, whatever the calendar says. */
const DAYS_A_MONTH = 30n;

/**
 * The fees of one boleto as the banks' manuals require them: dates and R$, never "%" or "days". Each fee of at least a
 * centavo is one sentence in Portuguese for the field of instructions.
 *
 * Every result is rounded down to the centavo, so that none exceeds its ceiling. Juros per day are a month's divided by
 * 30; if that is less than a centavo, the month's juros are printed. A fee in R$ that exceeds the ceiling of this
 * amount is printed as the ceiling. A discount in R$ that is not less than the amount is not printed.
 *
 * @throws RangeError for fees that checkFees refuses
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
