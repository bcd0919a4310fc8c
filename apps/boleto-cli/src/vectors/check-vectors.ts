import {
  amountMax,
  banks,
  barcodeOf,
  composeBoleto,
  linhaFromBarcode,
  parseBoleto,
  type ComposedBoleto,
} from '#boleto';
import { parseIsoDate, type CalendarDate } from '#calendar';
import { centavos, type Centavos } from '#money';
import { failed, PASSED, type CaseResult } from './report.ts';
import { accountOfVector } from './vector-account.ts';
import { inputOf, type Vector } from './vector.ts';

const GOLDEN: ReadonlySet<string> = new Set(['verified']);
const BROKEN = 'broken-in-source';

/** `allBroken`: vectors without a status, or with that of a golden one, must be refused as well. */
export interface CheckOptions {
  readonly allBroken: boolean;
}

export function checkVectors(vectors: readonly Vector[], { allBroken }: CheckOptions): readonly CaseResult[] {
  return vectors.map((vector, index) => {
    const name = vector.id ?? `${vector.bank} #${(index + 1).toString()}`;
    const isGolden = vector.status === undefined || GOLDEN.has(vector.status);
    if (vector.status === BROKEN || (allBroken && isGolden)) return checkBroken(name, vector);
    return isGolden ? checkGolden(name, vector) : { kind: 'skipped', status: vector.status ?? '' };
  });
}

function checkGolden(name: string, vector: Vector): CaseResult {
  const problem = problemOf(vector);
  return problem === undefined ? PASSED : failed(name, problem);
}

function checkBroken(name: string, vector: Vector): CaseResult {
  const problem = problemOf(vector);
  if (problem !== undefined) return { kind: 'refused', name, reason: problem };
  return failed(name, 'nothing is wrong with it, but it should be refused');
}

/** The first fault of a vector; undefined if reading and composing both give its expected values. */
function problemOf(vector: Vector): string | undefined {
  const terms = termsOf(vector);
  if (typeof terms === 'string') return terms;
  return readingProblem(vector, terms) ?? composingProblem(vector, terms);
}

interface Terms {
  readonly amount: Centavos;
  readonly dueDate: CalendarDate;
  readonly nossoNumero: string;
  readonly seuNumero?: string;
}

function termsOf(vector: Vector): Terms | string {
  const amount = inputOf(vector, 'valor_centavos') ?? '';
  if (!/^\d{1,10}$/.test(amount)) return 'valor_centavos is not 1 to 10 digits';
  const dueDate = parseIsoDate(inputOf(vector, 'data_vencimento') ?? '');
  if (dueDate === undefined) return 'data_vencimento is not a date';
  const seuNumero = inputOf(vector, 'seu_numero');
  return {
    amount: centavos(BigInt(amount)),
    dueDate,
    nossoNumero: inputOf(vector, 'nosso_numero') ?? '',
    ...(seuNumero === undefined ? {} : { seuNumero }),
  };
}

/** The fault found by reading barcode and linha. Both are read on the due date, when readers certainly recognise it. */
function readingProblem(vector: Vector, { dueDate, amount }: Terms): string | undefined {
  for (const [what, text] of [
    ['codigo_barras', vector.codigo_barras],
    ['linha_digitavel', vector.linha_digitavel],
  ] as const) {
    const parsed = parseBoleto(text, dueDate);
    if (!parsed.ok) return `${what}: ${parsed.problems.map(({ message }) => message).join('; ')}`;
    if (parsed.codigoBarras !== vector.codigo_barras) return `${what} is of another barcode, ${parsed.codigoBarras}`;
    if (parsed.dueDate !== dueDate) return `${what} is due on ${parsed.dueDate ?? 'no day'}, not on ${dueDate}`;
    if (parsed.amount !== amount) return `${what} is of ${String(parsed.amount)} centavos, not of ${amount.toString()}`;
  }
  return undefined;
}

function composingProblem(vector: Vector, terms: Terms): string | undefined {
  if (!banks().some(({ code }) => code === vector.bank)) return `bank ${vector.bank} is not one we issue for`;
  try {
    return difference(vector, composeAnyAmount(vector, terms));
  } catch (error) {
    if (error instanceof RangeError) return `cannot be composed: ${error.message}`;
    throw error;
  }
}

/**
 * Composes like the library, but for any amount of up to ten digits. The vectors come from other projects, which apply
 * no bank's limit. No other code may exceed the limit.
 */
function composeAnyAmount(vector: Vector, { amount, ...terms }: Terms): ComposedBoleto {
  const account = accountOfVector(vector);
  if (amount <= amountMax(vector.bank)) return composeBoleto(account, { ...terms, amount });

  const composed = composeBoleto(account, { ...terms, amount: centavos(1n) });
  const codigoBarras = barcodeOf({
    bankCode: vector.bank,
    factor: composed.fatorVencimento,
    amount: amount.toString().padStart(10, '0'),
    campoLivre: composed.campoLivre,
  });
  return { ...composed, codigoBarras, linhaDigitavel: linhaFromBarcode(codigoBarras) };
}

function difference(vector: Vector, composed: ComposedBoleto): string | undefined {
  const comparisons = [
    ['codigo_barras', vector.codigo_barras, composed.codigoBarras, isSame],
    ['linha_digitavel', vector.linha_digitavel, composed.linhaDigitavel, isSame],
    ['nosso_numero_impresso', vector.nosso_numero_impresso, composed.nossoNumeroImpresso, isSamePrinted(vector.bank)],
  ] as const;
  for (const [what, wanted, given, same] of comparisons) {
    if (wanted !== undefined && wanted !== null && !same(wanted, given)) {
      return `${what} should be ${wanted}, but ${given} was composed`;
    }
  }
  return undefined;
}

function isSame(wanted: string, given: string): boolean {
  return wanted === given;
}

/**
 * Compares printed forms. Each source has its own separators and leading zeros. Two forms are equal if their parts
 * between / . - are equal without leading zeros, or if they are equal when joined. For Banco do Brasil's eleven digits
 * some sources leave out the check digit, which the bank prints.
 */
function isSamePrinted(bank: string): (wanted: string, given: string) => boolean {
  return (wanted, given) => {
    const [expected, actual] = [bare(wanted), bare(given)];
    return expected === actual || (bank === '001' && expected.length === 11 && expected === actual.slice(0, 11));
  };
}

function bare(text: string): string {
  return text
    .split(/[/.-]/)
    .map((part) => part.trim().replace(/^0+(?=\w)/, ''))
    .join('');
}
