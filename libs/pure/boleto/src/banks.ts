import type { Bank } from './bank.ts';
import { ailos } from './banks/ailos.ts';
import { bancoDoBrasil } from './banks/banco-do-brasil.ts';
import { banrisul } from './banks/banrisul.ts';
import { bradesco } from './banks/bradesco.ts';
import { caixa } from './banks/caixa.ts';
import { daycoval } from './banks/daycoval.ts';
import { inter } from './banks/inter.ts';
import { itau } from './banks/itau.ts';
import { safra } from './banks/safra.ts';
import { santander } from './banks/santander.ts';
import { sicoob } from './banks/sicoob.ts';
import { sicredi } from './banks/sicredi.ts';
import { uniprime } from './banks/uniprime.ts';

const BANKS = [
  bancoDoBrasil,
  santander,
  banrisul,
  inter,
  uniprime,
  ailos,
  caixa,
  bradesco,
  itau,
  safra,
  daycoval,
  sicredi,
  sicoob,
] as const;

/** COMPE code of a bank for which this system can issue. */
export type BankCode = (typeof BANKS)[number]['code'];

const BY_CODE: ReadonlyMap<string, Bank> = new Map(BANKS.map((bank): [string, Bank] => [bank.code, bank]));

/** Every bank, in the order of their codes. */
export const allBanks: readonly Bank[] = BANKS;

export function findBank(code: string): Bank | undefined {
  return BY_CODE.get(code);
}

/** The banks for which this system can issue, in the order of their codes. */
export function banks(): readonly { readonly code: BankCode; readonly name: string }[] {
  return BANKS.map(({ code, name }) => ({ code, name }));
}
