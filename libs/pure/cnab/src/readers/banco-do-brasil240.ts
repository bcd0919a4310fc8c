import { inU } from '../entry/columns.ts';
import { bancoDoBrasil240Motives } from '../motives/banco-do-brasil240.ts';
import { eventsByCode } from '../occurrences/event.ts';
import { occurrences240 } from '../occurrences/occurrences240.ts';
import { bancoDoBrasilKey } from '../title-key/title-keys.ts';
import { febraban240 } from './febraban240.ts';
import type { Reader } from './reader.ts';

/** Banco do Brasil, CNAB 240, August 2017: the credit is the payment less the tarifa. */
export const bancoDoBrasil240: Reader = {
  ...febraban240,
  bank: '001',
  name: 'Banco do Brasil, 240 colunas',
  // The bank uses the columns behind the motives itself.
  unused: [inU(154, 157)],
  events: eventsByCode(occurrences240['001']),
  motiveLabels: bancoDoBrasil240Motives,
  titleKey: bancoDoBrasilKey,
};
