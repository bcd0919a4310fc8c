import { at } from '../entry/columns.ts';
import { caixa240Motives } from '../motives/caixa240.ts';
import { eventsByCode } from '../occurrences/event.ts';
import { occurrences240 } from '../occurrences/occurrences240.ts';
import { caixa240Key } from '../title-key/title-keys.ts';
import { febraban240 } from './febraban240.ts';
import type { Reader } from './reader.ts';

/** Caixa, SIGCB, June 2018. */
export const caixa240: Reader = {
  ...febraban240,
  bank: '104',
  name: 'Caixa, 240 colunas',
  ourNumber: at(40, 56),
  account: [at(34, 39), at(54, 58), at(60, 65)],
  events: eventsByCode(occurrences240['104']),
  motiveLabels: caixa240Motives,
  titleKey: caixa240Key,
};
