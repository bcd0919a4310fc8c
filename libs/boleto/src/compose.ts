import type { CalendarDate } from '#calendar';
import type { Centavos } from '#money';

import { checkFields, type AccountProblem, type BankAccount } from './account.ts';
import type { Bank } from './bank.ts';
import { banks, findBank } from './banks.ts';
import { barcodeOf } from './barcode.ts';
import { isDigits, padded } from './check-digits.ts';
import { DUE_DATE_MIN, fatorVencimento } from './due-date.ts';
import { linhaOf } from './linha-digitavel.ts';

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

/**
 * A function that composes the boletos of one account. For many boletos: the account is checked and prepared once.
 * Both throw RangeError for what the caller had to check before: account (checkAccount), sequence (nossoNumeroMax),
 * amount (amountMax), due date (DUE_DATE_MIN).
 */
export function composerFor(account: BankAccount): (title: Title) => ComposedBoleto {
  const bank = composableBank(account);
  const wallet = bank.wallet(account);
  const { nossoNumeroLength, sequenceMax } = wallet;

  function nossoNumeroOf(title: Title): string {
    if ('nossoNumero' in title) {
      if (isDigits(title.nossoNumero, 1, nossoNumeroLength)) return padded(title.nossoNumero, nossoNumeroLength);
      throw new RangeError(`nosso número ${title.nossoNumero} is not 1 to ${nossoNumeroLength.toString()} digits`);
    }
    if (title.sequence >= 1n && title.sequence <= sequenceMax) return wallet.nossoNumeroOf(title.sequence);
    throw new RangeError(`sequence ${title.sequence.toString()} is not from 1 to ${sequenceMax.toString()}`);
  }

  // The titles of one file fall due on few days.
  let lastDueDate: CalendarDate | undefined;
  let factor: string | undefined;

  return (title) => {
    const { amount, dueDate, seuNumero } = title;
    if (amount < 1n || amount > bank.amountMax) {
      throw new RangeError(`${amount.toString()} centavos is not from 1 to ${bank.amountMax.toString()}`);
    }
    if (dueDate !== lastDueDate) {
      factor = fatorVencimento(dueDate)?.toString();
      lastDueDate = dueDate;
    }
    if (factor === undefined) throw new RangeError(`due date ${dueDate} is before ${DUE_DATE_MIN}`);
    if (seuNumero !== undefined && !isDigits(seuNumero, 1, 7)) throw new RangeError('seu número is not 1 to 7 digits');

    const nossoNumero = nossoNumeroOf(title);
    const { campoLivre, impresso } = wallet.number(nossoNumero, seuNumero);
    const codigoBarras = barcodeOf({
      bankCode: bank.code,
      factor,
      amount: padded(amount.toString(), 10),
      campoLivre,
    });
    return {
      bankCode: bank.code,
      bankCodeWithDv: bank.codeWithDv,
      bankName: bank.name,
      codigoBarras,
      linhaDigitavel: linhaOf(codigoBarras),
      nossoNumero,
      nossoNumeroImpresso: impresso,
      agenciaCodigoImpresso: wallet.agenciaCodigoImpresso,
      campoLivre,
      fatorVencimento: factor,
      localPagamento: bank.localPagamento,
      carteiraImpressa: wallet.carteiraImpressa,
      instrucoes: bank.instrucoes ?? [],
    };
  };
}

/** One boleto. See composerFor for its errors, and for many boletos of one account. */
export function composeBoleto(account: BankAccount, title: Title): ComposedBoleto {
  return composerFor(account)(title);
}
