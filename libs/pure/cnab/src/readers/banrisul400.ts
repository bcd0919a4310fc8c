import { at } from '../entry/columns.ts';
import { saysNothing } from '../entry/values.ts';
import { banrisul400Motives } from '../motives/banrisul400.ts';
import { eventsByCode } from '../occurrences/event.ts';
import { occurrences400 } from '../occurrences/occurrences400.ts';
import { banrisulKey } from '../title-key/title-keys.ts';
import { cobranca400 } from './cobranca400.ts';
import type { Reader } from './reader.ts';

const MOTIVES = at(383, 392);

/** Occurrences that are a refusal if they bring motives. */
const REFUSED_BY_MOTIVES: ReadonlySet<string> = new Set(['16', '18']);

/** Banrisul, pdr400, July 2015. The manual does not say how much of a payment is credited. */
export const banrisul400: Reader = {
  ...cobranca400,
  bank: '041',
  name: 'Banrisul, 400 colunas',
  ourNumber: at(63, 70),
  motives: { columns: MOTIVES, size: 2 },
  credit: 'untold',
  account: [at(27, 39)],
  fileNumber: at(386, 394),
  events: eventsByCode(occurrences400['041']),
  decideEvent: (occurrence, text) =>
    REFUSED_BY_MOTIVES.has(occurrence) && !saysNothing(text(MOTIVES)) ? 'instruction_refused' : undefined,
  motiveLabels: banrisul400Motives,
  titleKey: banrisulKey,
};
