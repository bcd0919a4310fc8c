import type { CalendarDate } from '#calendar';
import { centavos, type Centavos } from '#money';
import { findBank } from './banks.ts';
import { BARCODE_LENGTH, CHECK_DIGIT_AT, checkDigitOfBarcode, CURRENCY, CURRENCY_AT } from './barcode.ts';
import { dueDateOf } from './due-date.ts';
import {
  barcodeBehind,
  checkDigitOfField,
  CHECKED_FIELDS,
  LINHA_LENGTH,
  linhaOf,
  withoutPunctuation,
} from './linha-digitavel.ts';

/** The values in the digits of a boleto. */
export interface ParsedBoleto {
  readonly ok: true;
  /** COMPE code, three digits. It may be any bank's, even one for which this system cannot issue. */
  readonly bankCode: string;
  /** Set only for a bank for which this system can issue. */
  readonly bankName: string | undefined;
  /** Undefined if the payer decides: zero in the barcode. */
  readonly amount: Centavos | undefined;
  /** Undefined if the boleto has none: factor 0000. */
  readonly dueDate: CalendarDate | undefined;
  /** Four digits. */
  readonly fatorVencimento: string;
  /** 25 digits in the bank's own layout. */
  readonly campoLivre: string;
  /** 44 digits. */
  readonly codigoBarras: string;
  /** 47 digits. */
  readonly linhaDigitavel: string;
}

/** One fault in the digits. Positions count from 1 in the input without its punctuation. */
export interface ParseProblem {
  /**
   * not-digits: a character that is not a digit · arrecadacao: a tax or a utility bill, another format · length:
   * neither 44 nor 47 digits · currency: not the Real · check-digit: does not match its digits · factor: 0001 to 0999,
   * which belong to no day any more · due-date: a factor without a day in FEBRABAN's window around today.
   */
  readonly code: 'not-digits' | 'arrecadacao' | 'length' | 'currency' | 'check-digit' | 'factor' | 'due-date';
  /** The part with the fault: campo 1 to 5 of a linha digitável, or a named part of a barcode. */
  readonly field: ParseField;
  /** The wrong digit; for a check-digit problem, the check digit. */
  readonly position?: number;
  /**
   * The digit or character at that position, or all four digits of a factor; for a wrong length, the number of digits.
   */
  readonly found?: string;
  readonly expected?: string;
  /**
   * Set for a wrong campo 1 to 3: the single digits of which each, corrected, would make every check digit agree. If
   * one digit was mistyped, it is among them, and usually it is the only one. Empty: more than one digit is wrong.
   */
  readonly suspects?: readonly SuspectDigit[];
  /** A sentence for the person who typed the digits. */
  readonly message: string;
}

type ParseField =
  'text' | 'campo 1' | 'campo 2' | 'campo 3' | 'campo 4' | 'campo 5' | 'moeda' | 'dígito verificador' | 'fator';

interface SuspectDigit {
  readonly position: number;
  readonly found: string;
  readonly expected: string;
}

export interface NotABoleto {
  readonly ok: false;
  /** Has at least one problem. */
  readonly problems: readonly ParseProblem[];
}

const ARRECADACAO_LENGTH = 48;

/** The first digit of the barcode and the linha digitável of an arrecadação. No bank's code begins with it. */
const ARRECADACAO_START = '8';

/**
 * Reads a barcode (44 digits) or a linha digitável (47), typed or pasted. Dots, hyphens and white space are ignored.
 * The due date is the one in FEBRABAN's window on the day `today`: see dueDateOf.
 *
 * A single wrong digit in campos 1 to 4 of a linha digitável is always found. In campo 5, and anywhere in a barcode,
 * only the dígito verificador geral protects the digits. It is 1 for three of the eleven remainders of modulo 11 (0, 1
 * and 10), so a wrong digit that changes the remainder from one of these three to another cannot be found.
 */
export function parseBoleto(text: string, today: CalendarDate): ParsedBoleto | NotABoleto {
  const digits = withoutPunctuation(text);
  const unreadable = shapeProblem(digits);
  if (unreadable !== undefined) return { ok: false, problems: [unreadable] };

  const isLinha = digits.length === LINHA_LENGTH;
  const barcode = isLinha ? barcodeBehind(digits) : digits;
  const problems = isLinha ? linhaProblems(digits, barcode) : barcodeProblems(barcode);
  if (problems.length > 0) return { ok: false, problems };
  return read(barcode, today, isLinha);
}

function read(barcode: string, today: CalendarDate, isLinha: boolean): ParsedBoleto | NotABoleto {
  const factor = barcode.slice(5, 9);
  const dueDate = dueDateOf(Number(factor), today);
  if (dueDate === undefined && factor !== '0000') {
    return { ok: false, problems: [factorProblem(factor, isLinha, today)] };
  }
  const amount = centavos(BigInt(barcode.slice(9, 19)));
  const bankCode = barcode.slice(0, 3);
  return {
    ok: true,
    bankCode,
    bankName: findBank(bankCode)?.name,
    amount: amount === 0n ? undefined : amount,
    dueDate,
    fatorVencimento: factor,
    campoLivre: barcode.slice(19),
    codigoBarras: barcode,
    linhaDigitavel: linhaOf(barcode),
  };
}

function factorProblem(factor: string, isLinha: boolean, today: CalendarDate): ParseProblem {
  const where = {
    field: isLinha ? 'campo 5' : 'fator',
    position: isLinha ? 34 : 6,
    found: factor,
  } as const;
  if (factor.startsWith('0')) {
    return { code: 'factor', ...where, message: `the factor ${factor} is of no day: they begin at 1000` };
  }
  return {
    code: 'due-date',
    ...where,
    message: `the factor ${factor} is of no day from 3000 days before ${today} to 5500 days after it`,
  };
}

function shapeProblem(digits: string): ParseProblem | undefined {
  const other = /\D/u.exec(digits);
  if (other !== null) {
    const position = other.index + 1;
    return {
      code: 'not-digits',
      field: 'text',
      position,
      found: other[0],
      message: `character ${position.toString()} is not a digit`,
    };
  }
  const { length } = digits;
  if (digits.startsWith(ARRECADACAO_START) && (length === ARRECADACAO_LENGTH || length === BARCODE_LENGTH)) {
    return {
      code: 'arrecadacao',
      field: 'text',
      found: length.toString(),
      message: `${length.toString()} digits that begin with 8 are an arrecadação (tax or utility), not a boleto of a bank`,
    };
  }
  if (length === LINHA_LENGTH || length === BARCODE_LENGTH) return undefined;
  const message = `a linha digitável has 47 digits and a barcode 44, not ${length.toString()}`;
  return { code: 'length', field: 'text', found: length.toString(), message };
}

function barcodeProblems(barcode: string): readonly ParseProblem[] {
  if (barcode.charAt(CURRENCY_AT) !== CURRENCY) return [currencyProblem(barcode, 'moeda')];
  return generalProblem(barcode, CHECK_DIGIT_AT + 1, 'dígito verificador', 'or another digit of the barcode');
}

function currencyProblem(digits: string, field: ParseField): ParseProblem {
  return {
    code: 'currency',
    field,
    position: CURRENCY_AT + 1,
    found: digits.charAt(CURRENCY_AT),
    expected: CURRENCY,
    message: `digit ${(CURRENCY_AT + 1).toString()}, the currency, is ${digits.charAt(CURRENCY_AT)} instead of 9 (Real)`,
  };
}

/** The problem to report if the dígito verificador geral, at `position` in the input, is wrong. */
function generalProblem(
  barcode: string,
  position: number,
  field: ParseField,
  alternative: string,
): readonly ParseProblem[] {
  const found = barcode.charAt(CHECK_DIGIT_AT);
  const expected = checkDigitOfBarcode(barcode);
  if (found === expected) return [];
  const message = `digit ${position.toString()}, the general check digit, is ${found} where the others give ${expected}: it is wrong, ${alternative}`;
  return [{ code: 'check-digit', field, position, found, expected, message }];
}

function linhaProblems(linha: string, barcode: string): readonly ParseProblem[] {
  const wrongFields = [0, 1, 2].filter((index) => !fieldAgrees(linha, index));
  const general = generalProblem(barcode, 33, 'campo 4', 'or a digit of campo 5 (factor and amount, digits 34 to 47)');
  const [only] = wrongFields;
  if (only === undefined) {
    return linha.charAt(CURRENCY_AT) === CURRENCY ? general : [currencyProblem(linha, 'campo 1')];
  }
  // With several wrong fields, the general check digit cannot identify the wrong digit.
  if (wrongFields.length > 1) return wrongFields.map((index) => fieldProblem(linha, index, []));

  const suspects = suspectsIn(linha, only);
  const problem = fieldProblem(linha, only, suspects);
  return suspects.length > 0 ? [problem] : [problem, ...general];
}

function boundsOf(index: number): readonly [from: number, to: number] {
  return CHECKED_FIELDS[index] ?? [0, 0];
}

function fieldAgrees(linha: string, index: number): boolean {
  const [from, to] = boundsOf(index);
  return checkDigitOfField(linha, from, to) === linha.charAt(to - 1);
}

function fieldProblem(linha: string, index: number, suspects: readonly SuspectDigit[]): ParseProblem {
  const [from, to] = boundsOf(index);
  const [found, expected] = [linha.charAt(to - 1), checkDigitOfField(linha, from, to)];
  const name = `campo ${(index + 1).toString()}` as ParseField;
  const rule = `${name} (digits ${(from + 1).toString()} to ${to.toString()}) ends with the check digit ${found}, but its other digits give ${expected}`;
  const guess = suspects
    .map((digit) => `digit ${digit.position.toString()} is ${digit.found} instead of ${digit.expected}`)
    .join(', or ');
  return {
    code: 'check-digit',
    field: name,
    position: to,
    found,
    expected,
    suspects,
    message: guess === '' ? rule : `${rule}; if one digit is wrong, ${guess}`,
  };
}

/**
 * The digits of a field that, with another value, would make its own check digit, the currency and the general check
 * digit agree.
 */
function suspectsIn(linha: string, index: number): readonly SuspectDigit[] {
  const [from, to] = boundsOf(index);
  const suspects: SuspectDigit[] = [];
  for (let at = from; at < to; at += 1) {
    for (const expected of '0123456789') {
      const fixed = linha.slice(0, at) + expected + linha.slice(at + 1);
      if (fieldAgrees(fixed, index) && barcodeProblems(barcodeBehind(fixed)).length === 0) {
        suspects.push({ position: at + 1, found: linha.charAt(at), expected });
      }
    }
  }
  return suspects;
}
