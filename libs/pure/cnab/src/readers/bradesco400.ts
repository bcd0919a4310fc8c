import { at } from '../entry/columns.ts';
import { bradesco400Motives } from '../motives/bradesco400.ts';
import { eventsByCode } from '../occurrences/event.ts';
import { occurrences400 } from '../occurrences/occurrences400.ts';
import { bradescoKey } from '../title-key/title-keys.ts';
import { cobranca400 } from './cobranca400.ts';
import type { Reader } from './reader.ts';

/** Occurrences that column 295 answers: A for accepted, D for refused. */
const ANSWERED: ReadonlySet<string> = new Set(['19', '25']);

/** Bradesco, 2016. The payment is credited whole; the tarifa is charged by lines of occurrence 28. */
export const bradesco400: Reader = {
  ...cobranca400,
  bank: '237',
  name: 'Bradesco, 400 colunas',
  companions: '234',
  ourNumber: at(71, 81),
  motives: { columns: at(319, 328), size: 2 },
  account: [at(27, 46)],
  fileNumber: at(109, 113),
  totals: [
    { name: 'registros da ocorrência 02', from: 58, to: 62, counts: 'entries', occurrences: ['02'] },
    { name: 'valor dos registros da ocorrência 02', from: 63, to: 74, counts: 'title', occurrences: ['02'] },
    { name: 'registros da ocorrência 06', from: 87, to: 91, counts: 'entries', occurrences: ['06'] },
    { name: 'valor dos registros da ocorrência 06', from: 92, to: 103, counts: 'paid', occurrences: ['06'] },
    { name: 'registros das ocorrências 09 e 10', from: 104, to: 108, counts: 'entries', occurrences: ['09', '10'] },
    { name: 'valor dos registros 09 e 10', from: 109, to: 120, counts: 'title', occurrences: ['09', '10'] },
  ],
  events: eventsByCode(occurrences400['237']),
  decideEvent: (occurrence, text) =>
    ANSWERED.has(occurrence) && text(at(295, 295)) === 'D' ? 'instruction_refused' : undefined,
  motiveLabels: bradesco400Motives,
  titleKey: bradescoKey,
};
