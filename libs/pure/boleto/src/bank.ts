import { centavos, type Centavos } from '#money';

import type { AccountRules, BankAccount } from './account.ts';
import { padded } from './check-digits.ts';

/** All that one bank does its own way. One file each in banks/, one line each in banks.ts. */
export interface Bank<Code extends string = string> {
  /** COMPE code, three digits. */
  readonly code: Code;
  /** As printed in the header box: '001-9'. */
  readonly codeWithDv: string;
  readonly name: string;
  readonly amountMax: Centavos;
  readonly localPagamento: string;
  /** Sentences that must stand, word for word, in the field of instructions. */
  readonly instrucoes?: readonly string[];
  readonly fields: AccountRules;
  /** Works out what depends on the account alone, so that it is not done again for every boleto. */
  wallet(account: BankAccount): Wallet;
}

/** One account, ready to number boletos. */
export interface Wallet extends Numbering {
  readonly agenciaCodigoImpresso: string;
  readonly carteiraImpressa: string;
}

/** How nossos números are made and used. */
export interface Numbering extends Counting {
  /** Campo livre and printed form of a nosso número of nossoNumeroLength digits. */
  number(nossoNumero: string, seuNumero: string | undefined): Numbered;
}

interface Counting {
  /** Digits of a nosso número as the campo livre is built from it, check digit not counted. */
  readonly nossoNumeroLength: number;
  /** The largest number of our own counter that still is a nosso número. */
  readonly sequenceMax: bigint;
  /** Whether the numbers begin again each year: a number of the counter has the year in front (numbering.ts). */
  readonly yearly?: boolean;
  /** The nosso número of our own counter's number, 1 to sequenceMax. Yearly: of this year, or of the account's. */
  nossoNumeroOf(sequence: bigint, year?: string): string;
}

export interface Numbered {
  /** 25 digits. */
  readonly campoLivre: string;
  readonly impresso: string;
}

/** Ten digits of centavos in the barcode: R$ 99.999.999,99. */
export const AMOUNT_MAX = centavos(9_999_999_999n);

export const ANY_BANK = 'Pagável em qualquer banco até o vencimento.';

/** Numbering by the counter itself, filled with zeros behind a fixed prefix. */
export function countedIn(digits: number, prefix = ''): Counting {
  return {
    nossoNumeroLength: prefix.length + digits,
    sequenceMax: 10n ** BigInt(digits) - 1n,
    nossoNumeroOf: (sequence) => prefix + padded(sequence.toString(), digits),
  };
}

/** 'number-dv', or the number alone while its check digit is unknown. */
export function withDv(number: string, dv: string | undefined): string {
  return dv === undefined || dv === '' ? number : `${number}-${dv}`;
}
