import { at } from '../entry/columns.ts';
import { sicredi240Motives } from '../motives/sicredi240.ts';
import { eventsByCode } from '../occurrences/event.ts';
import { occurrences240 } from '../occurrences/occurrences240.ts';
import { sicrediKey } from '../title-key/title-keys.ts';
import { febraban240 } from './febraban240.ts';
import type { Reader } from './reader.ts';

/** Sicredi, manual do beneficiário, August 2019. Its lot trailer counts the titles of the lot, and sums them up. */
export const sicredi240: Reader = {
  ...febraban240,
  bank: '748',
  name: 'Sicredi, 240 colunas',
  ourNumber: at(38, 46),
  totals: [
    { name: 'títulos do lote', from: 24, to: 29, counts: 'entries' },
    { name: 'valor dos títulos do lote', from: 30, to: 46, counts: 'title' },
  ],
  events: eventsByCode(occurrences240['748']),
  motiveLabels: sicredi240Motives,
  titleKey: sicrediKey,
};
