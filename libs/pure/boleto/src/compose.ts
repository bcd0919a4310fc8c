import { dayNumber, type CalendarDate } from '#calendar';
import type { Centavos } from '#money';
import { checkFields, type AccountProblem, type BankAccount } from './account.ts';
import type { Bank, Numbered, Wallet } from './bank.ts';
import { banks, findBank } from './banks.ts';
import { isDigits, padded } from './check-digits.ts';
import { BoletoCodes } from './codes.ts';
import { DUE_DATE_MIN, fatorOfDay } from './due-date.ts';
import { firstNumber, numbersOn, splitYear, yearOf, type Numbers } from './numbering.ts';

/**
 * The facts of one boleto that its account does not give. It is numbered by our own counter, or has an existing nosso
 * número.
 */
export type Title = TitleTerms &
  (
    | {
        /** 1 to nossoNumeroMax(account). */
        readonly sequence: bigint;
      }
    | {
        /** Digits without check digit. Leading zeros may be missing. */
        readonly nossoNumero: string;
      }
  );

interface TitleTerms {
  /** 1 centavo to amountMax(bankCode). */
  readonly amount: Centavos;
  /** DUE_DATE_MIN or later. */
  readonly dueDate: CalendarDate;
  /** Up to seven digits, for the barcode of some carteiras of Itaú. Defaults to the end of the nosso número. */
  readonly seuNumero?: string;
}

/** Every value of the form that depends on the bank. */
export interface ComposedBoleto {
  readonly bankCode: string;
  /** '001-9' */
  readonly bankCodeWithDv: string;
  readonly bankName: string;
  /** 44 digits. */
  readonly codigoBarras: string;
  /** 47 digits. */
  readonly linhaDigitavel: string;
  /** Digits only, as in the campo livre; without check digit. */
  readonly nossoNumero: string;
  readonly nossoNumeroImpresso: string;
  readonly agenciaCodigoImpresso: string;
  /** 25 digits. */
  readonly campoLivre: string;
  /** Four digits. */
  readonly fatorVencimento: string;
  readonly localPagamento: string;
  readonly carteiraImpressa: string;
  /** Sentences that the bank requires word for word in the field of instructions. */
  readonly instrucoes: readonly string[];
}

function knownBank(code: string): Bank {
  const bank = findBank(code);
  if (bank === undefined) throw new RangeError(`bank ${code} is not one we issue for`);
  return bank;
}

/** The largest amount of a boleto of this bank. The smallest is one centavo. RangeError for an unknown bank. */
export function amountMax(bankCode: string): Centavos {
  return knownBank(bankCode).amountMax;
}

/**
 * Every fault of the account, one problem per field, for the person who types it in. Empty if boletos can be issued.
 */
export function checkAccount(account: BankAccount): readonly AccountProblem[] {
  const bank = findBank(account.bankCode);
  if (bank === undefined) {
    const known = banks().map(({ code }) => code);
    return [{ field: 'bankCode', code: 'unsupported', message: `must be one of ${known.join(', ')}` }];
  }
  return checkFields(account, bank.fields);
}

/**
 * The bank of an account from which a boleto can be composed. Its check digits are not verified, and a carteira whose
 * numbers the bank assigns is accepted: checkAccount refuses those when the issuer is created.
 */
function composableBank(account: BankAccount): Bank {
  const bank = knownBank(account.bankCode);
  const problems = checkFields(account, bank.fields).filter(({ code }) => code === 'required' || code === 'invalid');
  if (problems.length > 0) {
    const text = problems.map(({ field, message }) => `${field} ${message}`).join('; ');
    throw new RangeError(`the account cannot issue boletos: ${text}`);
  }
  return bank;
}

/** The largest number of our own counter that this account can issue. RangeError if the account is incomplete. */
export function nossoNumeroMax(account: BankAccount): bigint {
  return composableBank(account).wallet(account).sequenceMax;
}

/** The numbers of the counter that the account can use for boletos of this day. */
export function numbersOfDay(account: BankAccount, day: CalendarDate): Numbers {
  return numbersOn(composableBank(account).wallet(account), day);
}

/** The first of `count` free numbers on this day; `next` is the state of the counter. See firstNumber. */
export function firstNumberOn(
  account: BankAccount,
  { day, next, count }: { readonly day: CalendarDate; readonly next: bigint; readonly count: number },
): bigint | undefined {
  return firstNumber(numbersOfDay(account, day), next, count);
}

/** The faults of the account of an issuer that is registered on this day: a year that differs from the day's. */
export function checkAccountYear(account: BankAccount, day: CalendarDate): readonly AccountProblem[] {
  const { ano } = account;
  if (ano === undefined || !numbersOfDay(account, day).yearly || ano === yearOf(day)) return [];
  return [
    {
      field: 'ano',
      code: 'invalid',
      message: `must be the year of issue, ${yearOf(day)}; without it, it follows the clock`,
    },
  ];
}

/**
 * Returns a function that composes the boletos of one account. The account is checked and prepared once for many
 * boletos. Both functions throw RangeError for values that the caller should have checked: account (checkAccount),
 * sequence (nossoNumeroMax), amount (amountMax), due date (DUE_DATE_MIN).
 */
export function composerFor(account: BankAccount): (title: Title) => ComposedBoleto {
  const bank = composableBank(account);
  const wallet = bank.wallet(account);
  const { nossoNumeroLength } = wallet;
  const compose = codesComposer(bank, wallet);

  function nossoNumeroOf(title: Title): string {
    if (!('nossoNumero' in title)) return numberedBy(wallet, title.sequence);
    if (isDigits(title.nossoNumero, 1, nossoNumeroLength)) return padded(title.nossoNumero, nossoNumeroLength);
    throw new RangeError(`nosso número ${title.nossoNumero} is not 1 to ${nossoNumeroLength.toString()} digits`);
  }

  return (title) => {
    const { amount, dueDate, seuNumero } = title;
    if (seuNumero !== undefined && !isDigits(seuNumero, 1, 7)) throw new RangeError('seu número is not 1 to 7 digits');
    const nossoNumero = nossoNumeroOf(title);
    const composed = compose(nossoNumero, seuNumero, { amount: Number(amount), dueDay: dayNumber(dueDate) });
    return {
      bankCode: bank.code,
      bankCodeWithDv: bank.codeWithDv,
      bankName: bank.name,
      codigoBarras: composed.codes.codigoBarras.toString('latin1'),
      linhaDigitavel: composed.codes.linhaDigitavel.toString('latin1'),
      nossoNumero,
      nossoNumeroImpresso: composed.impresso,
      agenciaCodigoImpresso: wallet.agenciaCodigoImpresso,
      campoLivre: composed.campoLivre,
      fatorVencimento: composed.factor.toString(),
      localPagamento: bank.localPagamento,
      carteiraImpressa: wallet.carteiraImpressa,
      instrucoes: bank.instrucoes ?? [],
    };
  };
}

/** The stored values of a boleto. `codes` holds the digits of the boleto composed last. */
export interface StoredBoleto {
  readonly codes: BoletoCodes;
  readonly nossoNumeroImpresso: string;
}

/** The values in which the boletos of one account differ. */
export interface Debt {
  /** Centavos, 1 to amountMax(bankCode). A double holds the largest amount of every bank exactly. */
  readonly amount: number;
  /** Days since 1970-01-01, DUE_DATE_MIN or later. */
  readonly dueDay: number;
}

/**
 * composerFor for millions of boletos. It composes only the stored values, equal to the digit, and the codes as bytes.
 * It throws the same errors.
 */
export function storedBoletoComposerFor(account: BankAccount): (sequence: bigint, debt: Debt) => StoredBoleto {
  const bank = composableBank(account);
  const wallet = bank.wallet(account);
  const compose = codesComposer(bank, wallet);
  return (sequence, debt) => {
    const { codes, impresso } = compose(numberedBy(wallet, sequence), undefined, debt);
    return { codes, nossoNumeroImpresso: impresso };
  };
}

function numberedBy(wallet: Wallet, sequence: bigint): string {
  if (sequence >= 1n && sequence <= wallet.sequenceMax) return wallet.nossoNumeroOf(sequence);
  if (wallet.yearly === true) {
    const { year, number } = splitYear(sequence);
    if (year !== undefined && number >= 1n && number <= wallet.sequenceMax) return wallet.nossoNumeroOf(number, year);
  }
  throw new RangeError(`sequence ${sequence.toString()} is not from 1 to ${wallet.sequenceMax.toString()}`);
}

interface Composed extends Numbered {
  readonly factor: number;
  readonly codes: BoletoCodes;
}

function codesComposer(
  bank: Bank,
  wallet: Wallet,
): (nossoNumero: string, seuNumero: string | undefined, debt: Debt) => Composed {
  const codes = new BoletoCodes(bank.code);
  const amountLimit = Number(bank.amountMax);
  return (nossoNumero, seuNumero, { amount, dueDay }) => {
    if (!(amount >= 1 && amount <= amountLimit)) {
      throw new RangeError(`${amount.toString()} centavos is not from 1 to ${bank.amountMax.toString()}`);
    }
    const factor = fatorOfDay(dueDay);
    if (factor === undefined) throw new RangeError(`day ${dueDay.toString()} since 1970 is before ${DUE_DATE_MIN}`);
    const { campoLivre, impresso } = wallet.number(nossoNumero, seuNumero);
    codes.write(factor, amount, campoLivre);
    return { campoLivre, impresso, factor, codes };
  };
}

/** Composes one boleto. See composerFor for its errors, and for many boletos of one account. */
export function composeBoleto(account: BankAccount, title: Title): ComposedBoleto {
  return composerFor(account)(title);
}
