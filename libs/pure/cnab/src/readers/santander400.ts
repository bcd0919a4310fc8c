import { at } from '../entry/columns.ts';
import { santander400Motives } from '../motives/santander400.ts';
import { eventsByCode } from '../occurrences/event.ts';
import { occurrences400 } from '../occurrences/occurrences400.ts';
import { santander400Key } from '../title-key/title-keys.ts';
import { cobranca400 } from './cobranca400.ts';
import type { Reader } from './reader.ts';

/** Santander, H7800, standard 353. Record 2 brings the Pix of a title. */
export const santander400: Reader = {
  ...cobranca400,
  bank: '033',
  name: 'Santander, 400 colunas',
  companions: '2',
  ourNumber: at(63, 69),
  motives: { columns: at(137, 145), size: 3 },
  account: [at(27, 30), at(31, 38), at(39, 46)],
  events: eventsByCode(occurrences400['033']),
  motiveLabels: santander400Motives,
  titleKey: santander400Key,
};
