import { at } from '../entry/columns.ts';
import { bancoDoBrasil400Motives } from '../motives/banco-do-brasil400.ts';
import { eventsByCode } from '../occurrences/event.ts';
import { occurrences400 } from '../occurrences/occurrences400.ts';
import { bancoDoBrasilKey } from '../title-key/title-keys.ts';
import { cobranca400 } from './cobranca400.ts';
import type { Reader } from './reader.ts';

const record7: Reader = {
  ...cobranca400,
  bank: '001',
  name: 'Banco do Brasil, 400 colunas',
  mainRecords: '17',
  companions: '2345',
  ourNumber: at(64, 80),
  motives: { columns: at(87, 88), size: 2 },
  creditedOn: at(176, 181),
  companyUse: at(39, 63),
  amounts: { ...cobranca400.amounts, fee: at(182, 188), credited: at(306, 318) },
  credit: 'own-column',
  account: [at(27, 31), at(32, 40), at(150, 156)],
  fileNumber: at(101, 107),
  events: eventsByCode(occurrences400['001']),
  motiveLabels: bancoDoBrasil400Motives,
  titleKey: bancoDoBrasilKey,
};

const { motives: _, ...withoutMotives } = record7;

/**
 * Banco do Brasil, CBR643: convênios of seven digits have record 7, those of four and six record 1 with the number in
 * other columns. The credit is the payment less the tarifa, of seven digits here.
 */
export const bancoDoBrasil400: Reader = {
  ...record7,
  variants: new Map([['1', { ...withoutMotives, ourNumber: at(63, 73), companyUse: at(38, 62) }]]),
};
