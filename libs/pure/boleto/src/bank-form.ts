import { ACCOUNT_FIELDS, FIELD_TEXTS } from './account.ts';
import type { Bank } from './bank.ts';
import { allBanks } from './banks.ts';

/** The fields of a form for an account at a bank, with Portuguese texts. checkAccount has the last word. */
export interface BankForm {
  readonly code: string;
  readonly name: string;
  readonly fields: readonly {
    readonly name: (typeof ACCOUNT_FIELDS)[number];
    readonly label: string;
    /** False also for a field that is required only beside certain values of others. */
    readonly required: boolean;
    readonly digitsMin: number;
    readonly digitsMax: number;
    readonly help: string | null;
  }[];
  /** The largest number of our own counter that any account of the bank gives. */
  readonly nossoNumeroMax: bigint;
}

/** The forms of the banks for which this system can issue, in the order of their codes. */
export function bankForms(): readonly BankForm[] {
  return allBanks.map(formOf);
}

function formOf(bank: Bank): BankForm {
  const blank = { bankCode: bank.code, agencia: '', carteira: '' };
  return {
    code: bank.code,
    name: bank.name,
    fields: ACCOUNT_FIELDS.flatMap((name) => {
      const rule = bank.fields[name];
      if (rule === undefined) return [];
      const texts = FIELD_TEXTS[name];
      const { label = texts.label, help = texts.help ?? null, digitsMin, digitsMax } = rule;
      return [{ name, label, required: rule.required(blank), digitsMin, digitsMax, help }];
    }),
    nossoNumeroMax: bank.sequenceMax ?? bank.wallet(blank).sequenceMax,
  };
}
