import { at, type Columns } from '../entry/columns.ts';
import type { Reader } from './reader.ts';

/** Columns of record 1 that most banks of 400 columns share. A reader names the others itself. */
export const cobranca400 = {
  width: 400,
  mainRecords: '1',
  companions: '',
  occurrence: at(109, 110),
  occurredOn: at(111, 116),
  creditedOn: at(296, 301),
  dueOn: at(147, 152),
  companyUse: at(38, 62),
  amounts: {
    title: at(153, 165),
    fee: at(176, 188),
    rebate: at(228, 240),
    discount: at(241, 253),
    paid: at(254, 266),
    interest: at(267, 279),
    otherCredits: at(280, 292),
  },
  credit: 'as-paid',
  numbers: [at(166, 168)],
  unused: [],
  generatedOn: at(95, 100),
  totals: [],
} as const satisfies Partial<Reader> & { readonly numbers: readonly Columns[] };
