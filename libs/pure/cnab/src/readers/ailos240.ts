import { ailos240Motives } from '../motives/ailos240.ts';
import { eventsByCode } from '../occurrences/event.ts';
import { occurrences240 } from '../occurrences/occurrences240.ts';
import { ailosKey } from '../title-key/title-keys.ts';
import { febraban240 } from './febraban240.ts';
import type { Reader } from './reader.ts';

/** Ailos, manual técnico, version 08. */
export const ailos240: Reader = {
  ...febraban240,
  bank: '085',
  name: 'Ailos, 240 colunas',
  events: eventsByCode(occurrences240['085']),
  motiveLabels: ailos240Motives,
  titleKey: ailosKey,
};
