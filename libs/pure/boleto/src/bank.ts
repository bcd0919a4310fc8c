import { centavos, type Centavos } from '#money';
import type { AccountRules, BankAccount } from './account.ts';
import { padded } from './check-digits.ts';

/** Everything that one bank does in its own way. Each bank has one file in banks/ and one line in banks.ts. */
export interface Bank<Code extends string = string> {
  /** COMPE code, three digits. */
  readonly code: Code;
  /** The code as printed in the header box: '001-9'. */
  readonly codeWithDv: string;
  readonly name: string;
  readonly amountMax: Centavos;
  readonly localPagamento: string;
  /** Sentences that the field of instructions must contain word for word. */
  readonly instrucoes?: readonly string[];
  readonly fields: AccountRules;
  /** The largest number of a counter of any account, if accounts of the bank differ in it. */
  readonly sequenceMax?: bigint;
  /** Prepares everything that depends on the account alone, so that it is not computed again for every boleto. */
  wallet(account: BankAccount): Wallet;
}

/** One account, prepared to number boletos. */
export interface Wallet extends Numbering {
  readonly agenciaCodigoImpresso: string;
  readonly carteiraImpressa: string;
}

/** The construction and the use of nossos números. */
export interface Numbering extends Counting {
  /** The campo livre and the printed form of a nosso número of nossoNumeroLength digits. */
  number(nossoNumero: string, seuNumero: string | undefined): Numbered;
}

interface Counting {
  /** Digits of a nosso número in the campo livre, without its check digit. */
  readonly nossoNumeroLength: number;
  /** The largest number of our own counter that gives a nosso número. */
  readonly sequenceMax: bigint;
  /** True if the numbers begin again each year. A number of the counter then starts with the year (numbering.ts). */
  readonly yearly?: boolean;
  /**
   * The nosso número for a number of our own counter, 1 to sequenceMax. If yearly: with this year, or the account's.
   */
  nossoNumeroOf(sequence: bigint, year?: string): string;
}

export interface Numbered {
  /** 25 digits. */
  readonly campoLivre: string;
  readonly impresso: string;
}

/** The largest amount in a barcode, ten digits of centavos: R$ 99.999.999,99. */
export const AMOUNT_MAX = centavos(9_999_999_999n);

export const ANY_BANK = 'Pagável em qualquer banco até o vencimento.';

/** Numbers by the counter itself, padded with zeros after a fixed prefix. */
export function countedIn(digits: number, prefix = ''): Counting {
  return {
    nossoNumeroLength: prefix.length + digits,
    sequenceMax: 10n ** BigInt(digits) - 1n,
    nossoNumeroOf: (sequence) => prefix + padded(sequence.toString(), digits),
  };
}

/** 'number-dv', or the number alone if its check digit is unknown. */
export function withDv(number: string, dv: string | undefined): string {
  return dv === undefined || dv === '' ? number : `${number}-${dv}`;
}
