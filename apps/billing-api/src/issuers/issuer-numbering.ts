import { numbersOfDay, type BankAccount } from '#boleto';
import type { CalendarDate } from '#calendar';

export interface IssuerNumbering {
  /** A bigint has no JSON; a number would lose digits. */
  readonly nextNossoNumero: string;
  /**
   * A change that comes soon by itself, for the person who looks after the issuer; null for most of the year and
   * most banks.
   */
  readonly notice: string | null;
}

/** The numbers of an issuer as they are shown on a day, when the counter of its account has come to `next`. */
export function numberingOf(account: BankAccount, next: bigint, today: CalendarDate): IssuerNumbering {
  const { min, yearly } = numbersOfDay(account, today);
  if (!yearly) return { nextNossoNumero: next.toString(), notice: null };
  const free = next < min ? min : next;
  return { nextNossoNumero: (free - min + 1n).toString(), notice: noticeOf(today) };
}

/** From December on: the turn of the year needs no person, but the numbers look different afterwards. */
function noticeOf(today: CalendarDate): string | null {
  if (today.slice(5, 7) !== '12') return null;
  const year = (Number(today.slice(0, 4)) + 1).toString();
  return (
    `A partir de 01/01/${year}, os nossos números deste emissor começam com ${year.slice(2)} e a contagem recomeça em 1. ` +
    'Não é preciso fazer nada: o ano segue o relógio do sistema.'
  );
}
