import type { Width } from '../file/detect.ts';
import { ailos240 } from './ailos240.ts';
import { bancoDoBrasil240 } from './banco-do-brasil240.ts';
import { bancoDoBrasil400 } from './banco-do-brasil400.ts';
import { banrisul400 } from './banrisul400.ts';
import { bradesco400 } from './bradesco400.ts';
import { caixa240 } from './caixa240.ts';
import { caixa400 } from './caixa400.ts';
import { inter400 } from './inter400.ts';
import { itau400 } from './itau400.ts';
import type { Reader } from './reader.ts';
import { santander240 } from './santander240.ts';
import { santander400 } from './santander400.ts';
import { sicoob240 } from './sicoob240.ts';
import { sicredi240 } from './sicredi240.ts';
import { sicredi400 } from './sicredi400.ts';

export const readers: readonly Reader[] = [
  ailos240,
  bancoDoBrasil240,
  bancoDoBrasil400,
  banrisul400,
  bradesco400,
  caixa240,
  caixa400,
  inter400,
  itau400,
  santander240,
  santander400,
  sicoob240,
  sicredi240,
  sicredi400,
];

const byBank = new Map(readers.map((reader) => [`${reader.bank}/${reader.width.toString()}`, reader]));

/** The reader of a bank's retornos of a width; undefined for a bank or a width that is not read yet. */
export function readerOf(bank: string, width: Width): Reader | undefined {
  // Santander prints the number of the bank that it was, 353, in files of its standard 353.
  return byBank.get(`${bank === '353' ? '033' : bank}/${width.toString()}`);
}
