import { at } from '../entry/columns.ts';
import { caixa400Motives } from '../motives/caixa400.ts';
import { eventsByCode } from '../occurrences/event.ts';
import { occurrences400 } from '../occurrences/occurrences400.ts';
import { caixa400Key } from '../title-key/title-keys.ts';
import { cobranca400 } from './cobranca400.ts';
import type { Reader } from './reader.ts';

/** The multa has the columns that other banks use for other credits. */
const { otherCredits: multa, ...amounts } = cobranca400.amounts;

/** Caixa, 400 columns: no manual of it is held. Its codes are its own: 21 is the payment, 02 the write-off. */
export const caixa400: Reader = {
  ...cobranca400,
  bank: '104',
  name: 'Caixa, 400 colunas',
  ourNumber: at(57, 73),
  motives: { columns: at(80, 82), size: 3 },
  creditedOn: at(294, 299),
  companyUse: at(32, 56),
  amounts: { ...amounts, fine: multa },
  account: [at(27, 30), at(31, 36)],
  fileNumber: at(390, 394),
  events: eventsByCode(occurrences400['104']),
  motiveLabels: caixa400Motives,
  titleKey: caixa400Key,
};
