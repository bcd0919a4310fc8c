import { at } from '../entry/columns.ts';
import { sicredi400Motives } from '../motives/sicredi400.ts';
import { eventsByCode } from '../occurrences/event.ts';
import { occurrences400 } from '../occurrences/occurrences400.ts';
import { sicrediKey } from '../title-key/title-keys.ts';
import { cobranca400 } from './cobranca400.ts';
import type { Reader } from './reader.ts';

/** The answer to an order of protest stands in column 295: A for accepted, D for refused. */
const PROTEST = '19';

const { otherCredits: multa, ...amounts } = cobranca400.amounts;

/** Sicredi, manual do beneficiário, August 2019. Tarifas are lines of their own, with the value as that of a title. */
export const sicredi400: Reader = {
  ...cobranca400,
  bank: '748',
  name: 'Sicredi, 400 colunas',
  companions: '28',
  ourNumber: at(48, 55),
  motives: { columns: at(319, 328), size: 2 },
  creditedOn: at(329, 336),
  creditedOnForm: 'AAAAMMDD',
  companyUse: at(117, 126),
  amounts: { ...amounts, fine: multa },
  numbers: [],
  account: [at(27, 31), at(32, 45)],
  fileNumber: at(111, 117),
  generatedOn: at(95, 102),
  generatedOnForm: 'AAAAMMDD',
  feeInTitle: '28',
  events: eventsByCode(occurrences400['748']),
  decideEvent: (occurrence, text) =>
    occurrence === PROTEST && text(at(295, 295)) === 'D' ? 'instruction_refused' : undefined,
  motiveLabels: sicredi400Motives,
  titleKey: sicrediKey,
};
