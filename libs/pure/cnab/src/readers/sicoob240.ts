import { at } from '../entry/columns.ts';
import { sicoob240Motives } from '../motives/sicoob240.ts';
import { eventsByCode } from '../occurrences/event.ts';
import { occurrences240 } from '../occurrences/occurrences240.ts';
import { sicoobKey } from '../title-key/title-keys.ts';
import { febraban240 } from './febraban240.ts';
import type { Reader } from './reader.ts';

/** Sicoob, manual de layout, February 2017. */
export const sicoob240: Reader = {
  ...febraban240,
  bank: '756',
  name: 'Sicoob, 240 colunas',
  ourNumber: at(38, 46),
  events: eventsByCode(occurrences240['756']),
  motiveLabels: sicoob240Motives,
  titleKey: sicoobKey,
};
