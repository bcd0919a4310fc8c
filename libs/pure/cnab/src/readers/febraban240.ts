import { at, inU, type Columns } from '../entry/columns.ts';
import type { Reader } from './reader.ts';

/** Columns of the segments T and U that most banks of 240 columns share. A reader names the others itself. */
export const febraban240 = {
  width: 240,
  mainRecords: 'T',
  companions: '',
  occurrence: at(16, 17),
  ourNumber: at(38, 57),
  motives: { columns: at(214, 223), size: 2 },
  occurredOn: inU(138, 145),
  creditedOn: inU(146, 153),
  dueOn: at(74, 81),
  companyUse: at(106, 130),
  amounts: {
    title: at(82, 96),
    fee: at(199, 213),
    interest: inU(18, 32),
    discount: inU(33, 47),
    rebate: inU(48, 62),
    paid: inU(78, 92),
    credited: inU(93, 107),
    otherCredits: inU(123, 137),
  },
  credit: 'own-column',
  numbers: [at(97, 99), at(133, 133), at(189, 198), inU(63, 77), inU(108, 122), inU(166, 180)],
  unused: [inU(154, 157), at(224, 224)],
  currency: { columns: at(131, 132), codes: ['09'] },
  account: [at(34, 53), at(54, 58), at(60, 72)],
  fileNumber: at(158, 163),
  generatedOn: at(144, 151),
  totals: [],
} as const satisfies Partial<Reader> & { readonly numbers: readonly Columns[] };
