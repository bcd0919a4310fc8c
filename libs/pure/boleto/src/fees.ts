/**
 * The charges of an issuer for late payment, and its discount for early payment. Percentages and R$ amounts are decimal
 * text with at most two decimals ('2.00'), never a `number`. A zero means that there is none.
 */
export interface Fees {
  /** Charged once, from the day after the due date. A percentage refers to the amount of the boleto. */
  readonly multa?: PercentOrAmount | undefined;
  /**
   * Charged for each day from the day after the due date. A percentage refers to the amount, for a month of 30 days.
   */
  readonly juros?: { readonly percentPerMonth: string } | { readonly amountPerDay: string } | undefined;
  /** Granted for payment up to `daysBefore` calendar days before the due date; 0 is the due date itself. */
  readonly desconto?: (PercentOrAmount & { readonly daysBefore: number }) | undefined;
  /** Set only for debts to which the law gives other ceilings than CONSUMER_CEILINGS. */
  readonly ceilings?: Partial<{ readonly [Name in keyof FeeCeilings]: string | undefined }> | undefined;
}

type PercentOrAmount = { readonly percent: string } | { readonly amount: string };

/** The largest permitted fees, in percent of the amount, as decimal text with at most two decimals. */
export interface FeeCeilings {
  readonly multaPercent: string;
  readonly jurosPercentPerMonth: string;
}

/**
 * The legal ceilings for consumers: multa of 2 % (Código de Defesa do Consumidor, Lei 8.078/1990, art. 52 § 1º) and
 * juros of 1 % a month (Código Civil, art. 406, as read with Código Tributário Nacional, art. 161 § 1º).
 */
export const CONSUMER_CEILINGS: FeeCeilings = { multaPercent: '2.00', jurosPercentPerMonth: '1.00' };

/** One fault of one field of the fees. */
export interface FeeProblem {
  /** A path within Fees: 'multa.percent'. */
  readonly field: string;
  readonly code: 'invalid' | 'too_big';
  /** A sentence for the person who typed the value. */
  readonly message: string;
}

/** The most days before the due date. A larger number is a typing error. */
const DAYS_BEFORE_MAX = 365;

const HUNDRED_PERCENT = 10_000n;

/**
 * Parses '2.5' as 250: percent in hundredths of a percent, R$ in centavos. Undefined if the text is not digits with at
 * most two decimals.
 */
export function parseHundredths(text: string): bigint | undefined {
  const match = /^(\d{1,10})(?:\.(\d{1,2}))?$/.exec(text);
  return match === null ? undefined : BigInt((match[1] ?? '') + (match[2] ?? '').padEnd(2, '0'));
}

/** The ceilings of these fees: their own, otherwise `defaults`. */
export function ceilingsOf(fees: Fees, defaults: FeeCeilings): FeeCeilings {
  return {
    multaPercent: fees.ceilings?.multaPercent ?? defaults.multaPercent,
    jurosPercentPerMonth: fees.ceilings?.jurosPercentPerMonth ?? defaults.jurosPercentPerMonth,
  };
}

/**
 * Every fault of the fees, one problem per field; empty if they can be printed. Fees in R$ are compared with the
 * ceilings once the amount of a boleto is known: see feeInstructions.
 */
export function checkFees(fees: Fees, defaults: FeeCeilings = CONSUMER_CEILINGS): readonly FeeProblem[] {
  const ceilings = ceilingsOf(fees, defaults);
  return [
    ...Object.entries(fees.ceilings ?? {}).flatMap(([name, text]) =>
      text === undefined ? [] : checkPercent(`ceilings.${name}`, text, HUNDRED_PERCENT),
    ),
    ...checkMulta(fees, limitOf(ceilings.multaPercent)),
    ...checkJuros(fees, limitOf(ceilings.jurosPercentPerMonth)),
    ...checkDesconto(fees),
  ];
}

/** An invalid ceiling has a problem of its own and does not limit the fees. */
function limitOf(ceiling: string): bigint {
  return parseHundredths(ceiling) ?? HUNDRED_PERCENT;
}

function checkMulta({ multa }: Fees, max: bigint): readonly FeeProblem[] {
  if (multa === undefined) return [];
  return 'percent' in multa
    ? checkPercent('multa.percent', multa.percent, max)
    : checkAmount('multa.amount', multa.amount);
}

function checkJuros({ juros }: Fees, max: bigint): readonly FeeProblem[] {
  if (juros === undefined) return [];
  return 'percentPerMonth' in juros
    ? checkPercent('juros.percentPerMonth', juros.percentPerMonth, max)
    : checkAmount('juros.amountPerDay', juros.amountPerDay);
}

function checkDesconto({ desconto }: Fees): readonly FeeProblem[] {
  if (desconto === undefined) return [];
  const { daysBefore } = desconto;
  const isDays = Number.isInteger(daysBefore) && daysBefore >= 0 && daysBefore <= DAYS_BEFORE_MAX;
  return [
    // A discount must be less than the whole amount, otherwise the payer would owe nothing.
    ...('percent' in desconto
      ? checkPercent('desconto.percent', desconto.percent, HUNDRED_PERCENT - 1n)
      : checkAmount('desconto.amount', desconto.amount)),
    ...(isDays
      ? []
      : [
          {
            field: 'desconto.daysBefore',
            code: 'invalid' as const,
            message: `must be a whole number from 0 to ${DAYS_BEFORE_MAX.toString()}`,
          },
        ]),
  ];
}

function checkPercent(field: string, text: string, max: bigint): readonly FeeProblem[] {
  const value = parseHundredths(text);
  if (value === undefined) {
    return [{ field, code: 'invalid', message: 'must be a percentage with at most two decimals, such as 2.00' }];
  }
  if (value <= max) return [];
  return [{ field, code: 'too_big', message: `must be at most ${formatHundredths(max)} %` }];
}

function checkAmount(field: string, text: string): readonly FeeProblem[] {
  if (parseHundredths(text) !== undefined) return [];
  return [{ field, code: 'invalid', message: 'must be reais with at most two decimals, such as 5.00' }];
}

function formatHundredths(value: bigint): string {
  const digits = value.toString().padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
