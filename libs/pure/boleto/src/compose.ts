import { dayNumber, type CalendarDate } from '#calendar';
import type { Centavos } from '#money';

import { checkFields, type AccountProblem, type BankAccount } from './account.ts';
import type { Bank, Numbered, Wallet } from './bank.ts';
import { banks, findBank } from './banks.ts';
import { isDigits, padded } from './check-digits.ts';
import { BoletoCodes } from './codes.ts';
import { DUE_DATE_MIN, fatorOfDay } from './due-date.ts';
import { firstNumber, numbersOn, splitYear, yearOf, type Numbers } from './numbering.ts';

/** What one boleto says beyond its account. Numbered by our own counter, or by a nosso número that already exists. */
export type Title = TitleTerms &
  (
    | {
        /** 1 to nossoNumeroMax(account). */
        readonly sequence: bigint;
      }
    | {
        /** Digits without check digit; zeros on the left may be missing. */
        readonly nossoNumero: string;
      }
  );

interface TitleTerms {
  /** 1 centavo to amountMax(bankCode). */
  readonly amount: Centavos;
  /** DUE_DATE_MIN or later. */
  readonly dueDate: CalendarDate;
  /** Up to seven digits, in the barcode of some carteiras of Itaú; the end of the nosso número if not given. */
  readonly seuNumero?: string;
}

/** Everything that stands on the form and depends on the bank. */
export interface ComposedBoleto {
  readonly bankCode: string;
  /** '001-9' */
  readonly bankCodeWithDv: string;
  readonly bankName: string;
  /** 44 digits. */
  readonly codigoBarras: string;
  /** 47 digits. */
  readonly linhaDigitavel: string;
  /** Digits alone, as the campo livre is built from them; without check digit. */
  readonly nossoNumero: string;
  readonly nossoNumeroImpresso: string;
  readonly agenciaCodigoImpresso: string;
  /** 25 digits. */
  readonly campoLivre: string;
  /** Four digits. */
  readonly fatorVencimento: string;
  readonly localPagamento: string;
  readonly carteiraImpressa: string;
  /** Sentences that the bank wants in the field of instructions, word for word. */
  readonly instrucoes: readonly string[];
}

function knownBank(code: string): Bank {
  const bank = findBank(code);
  if (bank === undefined) throw new RangeError(`bank ${code} is not one we issue for`);
  return bank;
}

/** The largest amount a boleto of this bank may have; the smallest is one centavo. RangeError for an unknown bank. */
export function amountMax(bankCode: string): Centavos {
  return knownBank(bankCode).amountMax;
}

/** Everything wrong with the account, one problem a field, for whoever types it in; empty if boletos can be issued. */
export function checkAccount(account: BankAccount): readonly AccountProblem[] {
  const bank = findBank(account.bankCode);
  if (bank === undefined) {
    const known = banks().map(({ code }) => code);
    return [{ field: 'bankCode', code: 'unsupported', message: `must be one of ${known.join(', ')}` }];
  }
  return checkFields(account, bank.fields);
}

/**
 * The bank of an account from which a boleto can be put together. Its check digits are taken as given, and so is a
 * carteira that is numbered by the bank: refusing those belongs to the creation of the issuer (checkAccount).
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

/** The numbers of the counter that the account can give to boletos of this day. */
export function numbersOfDay(account: BankAccount, day: CalendarDate): Numbers {
  return numbersOn(composableBank(account).wallet(account), day);
}

/** The first of `count` numbers that are free on this day, when the counter has come to `next`. See firstNumber. */
export function firstNumberOn(
  account: BankAccount,
  { day, next, count }: { readonly day: CalendarDate; readonly next: bigint; readonly count: number },
): bigint | undefined {
  return firstNumber(numbersOfDay(account, day), next, count);
}

/** What is wrong with the account of an issuer that is registered on this day: a year that is not its year. */
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
 * A function that composes the boletos of one account. For many boletos: the account is checked and prepared once.
 * Both throw RangeError for what the caller had to check before: account (checkAccount), sequence (nossoNumeroMax),
 * amount (amountMax), due date (DUE_DATE_MIN).
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

/** What is stored of a boleto. `codes` holds the digits of the one composed last. */
export interface StoredBoleto {
  readonly codes: BoletoCodes;
  readonly nossoNumeroImpresso: string;
}

/** What makes one boleto of an account another than the next. */
export interface Debt {
  /** Centavos, 1 to amountMax(bankCode): no bank's largest amount is more than a double holds exactly. */
  readonly amount: number;
  /** Days since 1970-01-01, DUE_DATE_MIN or later. */
  readonly dueDay: number;
}

/**
 * composerFor for millions: no more than what is stored, the same to the digit, and the codes as bytes. The same errors.
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

/** One boleto. See composerFor for its errors, and for many boletos of one account. */
export function composeBoleto(account: BankAccount, title: Title): ComposedBoleto {
  return composerFor(account)(title);
}
