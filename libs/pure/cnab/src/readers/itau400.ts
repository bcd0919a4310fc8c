import { at } from '../entry/columns.ts';
import { itau400Motives } from '../motives/itau400.ts';
import { eventsByCode } from '../occurrences/event.ts';
import { occurrences400 } from '../occurrences/occurrences400.ts';
import { itauKey } from '../title-key/title-keys.ts';
import { cobranca400 } from './cobranca400.ts';
import type { Reader } from './reader.ts';

/**
 * Itaú, July 2021. Its principal is the credit: the payer gave the tarifa on top, as the split of 54 of 55 payments
 * shows. Motives have one table an occurrence, of which the one of refused entries is known here.
 */
export const itau400: Reader = {
  ...cobranca400,
  bank: '341',
  name: 'Itaú, 400 colunas',
  companions: '345',
  ourNumber: at(63, 70),
  ourNumberAgain: at(86, 93),
  motives: { columns: at(378, 385), size: 2 },
  credit: 'paid-column-is-net',
  account: [at(27, 30), at(33, 37), at(38, 38)],
  fileNumber: at(109, 113),
  totals: [{ name: 'registros de transação', from: 213, to: 220, counts: 'entries' }],
  events: eventsByCode(occurrences400['341']),
  motiveLabels: itau400Motives,
  motiveGroup: (_event, occurrence) => (occurrence === '03' || occurrence === '60' ? 'refusal' : undefined),
  titleKey: itauKey,
};
