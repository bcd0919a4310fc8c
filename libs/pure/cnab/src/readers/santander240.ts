import { at, inU } from '../entry/columns.ts';
import { santander240Motives } from '../motives/santander240.ts';
import { eventsByCode } from '../occurrences/event.ts';
import { occurrences240 } from '../occurrences/occurrences240.ts';
import { santander240Key } from '../title-key/title-keys.ts';
import { febraban240 } from './febraban240.ts';
import type { Reader } from './reader.ts';

/** Santander, H7815: its T is four columns narrower than that of FEBRABAN, its trailers count details alone. */
export const santander240: Reader = {
  ...febraban240,
  bank: '033',
  name: 'Santander, 240 colunas',
  ourNumber: at(41, 52),
  motives: { columns: at(209, 218), size: 2 },
  dueOn: at(70, 77),
  companyUse: at(101, 125),
  amounts: { ...febraban240.amounts, title: at(78, 92), fee: at(194, 208) },
  numbers: [at(93, 95), at(128, 128), at(184, 193), ...febraban240.numbers.filter(({ line }) => line === 1)],
  unused: [inU(154, 157), at(219, 219)],
  currency: { columns: at(126, 127), codes: ['00', '09'] },
  account: [at(34, 42), at(54, 58), at(59, 68)],
  lotCounts: 'details',
  events: eventsByCode(occurrences240['033']),
  motiveLabels: santander240Motives,
  titleKey: santander240Key,
};
