import { at } from '../entry/columns.ts';
import { eventsByCode } from '../occurrences/event.ts';
import { occurrences400 } from '../occurrences/occurrences400.ts';
import { interKey } from '../title-key/title-keys.ts';
import type { Reader } from './reader.ts';

/** Inter, version 1.1, August 2021: its own columns, no tarifa, no split of a payment, motives as free text. */
export const inter400: Reader = {
  bank: '077',
  width: 400,
  name: 'Inter, 400 colunas',
  mainRecords: '1',
  companions: '',
  occurrence: at(90, 91),
  ourNumber: at(71, 81),
  motives: { columns: at(241, 380), size: 140 },
  occurredOn: at(92, 97),
  creditedOn: at(173, 178),
  dueOn: at(119, 124),
  companyUse: at(38, 62),
  amounts: { title: at(125, 137), paid: at(160, 172) },
  credit: 'as-paid',
  numbers: [at(138, 140)],
  unused: [],
  account: [],
  generatedOn: at(95, 100),
  totals: [
    { name: 'registros do arquivo', from: 18, to: 25, counts: 'entries' },
    { name: 'registros da ocorrência 02', from: 58, to: 62, counts: 'entries', occurrences: ['02'] },
  ],
  events: eventsByCode(occurrences400['077']),
  motiveLabels: new Map(),
  titleKey: interKey,
};
