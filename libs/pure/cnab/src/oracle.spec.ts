import { describe, expect, test } from 'vitest';
import { at, type Columns } from './entry/columns.ts';
import type { ReadEntry } from './read-retorno.ts';
import { hasShared, retornoOf, sharedFile, sharedText } from './shared.fixture.ts';

/** An entry as brcobranca reads it: the texts of the columns. */
type OracleEntry = Readonly<
  Partial<
    Record<
      'nosso_numero' | 'codigo_ocorrencia' | 'valor_titulo' | 'valor_recebido' | 'data_ocorrencia' | 'data_credito',
      string
    >
  >
>;

const oracle = hasShared
  ? (JSON.parse(sharedText('brcobranca_parse_oracle.json')) as Readonly<
      Record<string, { readonly count: number; readonly all: readonly OracleEntry[] }>
    >)
  : {};

/** Files of the oracle: its count, which takes in the trailer of every file of 400 columns, and ours. */
const COUNTS: Readonly<Record<string, readonly [theirs: number, ours: number]>> = {
  'CNAB240SANTANDER.RET': [2, 2],
  'CNAB240SICOOB.RET': [3, 3],
  'CNAB240SICREDI.CRT': [2, 2],
  'CNAB240AILOS.RET': [3, 3],
  'CNAB240.RET': [35, 35],
  'CNAB400BRADESCO.RET': [7, 6],
  'CNAB400ITAU.RET': [53, 52],
  // It has a record 2 too, which belongs to the last entry.
  'CNAB400SANTANDER.RET': [54, 52],
  'CNAB400BANRISUL.RET': [2, 1],
  'CNAB400UNICRED.RET': [2, 1],
};

/** Files whose nosso número the oracle takes from other columns, as our readers have them in theirs. */
const THEIR_NUMBER: Readonly<Record<string, Columns>> = {
  // With its check digit.
  'CNAB240SANTANDER.RET': at(41, 53),
  // Without the byte of two blanks that pads ours: the same ten columns with the check digit.
  'CNAB240SICOOB.RET': at(38, 47),
  // Columns of FEBRABAN's layout: without the convênio.
  'CNAB240.RET': at(47, 57),
  'CNAB400BRADESCO.RET': at(71, 82),
  'CNAB400SANTANDER.RET': at(63, 70),
  'CNAB400BANRISUL.RET': at(63, 72),
  // Columns of Unicred, though the header names Banco do Brasil.
  'CNAB400UNICRED.RET': at(46, 62),
};

function columnsOf(file: Buffer, { line }: ReadEntry, { from, to }: Columns): string {
  const text = file.toString('latin1').split('\n')[line - 1] ?? '';
  return text.slice(from - 1, to).trim();
}

function centavosText(text: string | undefined): bigint | null {
  return text === undefined || text.trim() === '' ? null : BigInt(text);
}

/** A date of ours as the oracle writes it: DDMMAA or DDMMAAAA, empty or zeros for none. */
function sameDay(theirs: string | undefined, ours: string | null): boolean {
  if (theirs === undefined || theirs.replaceAll('0', '').trim() === '') return ours === null;
  const [year = '', month = '', day = ''] = (ours ?? '').split('-');
  return theirs === day + month + (theirs.length === 6 ? year.slice(2) : year);
}

function daysAgree(name: string, their: OracleEntry, { occurredOn, creditedOn }: ReadEntry): boolean {
  // The oracle of Unicred has no date of the occurrence, whose columns it takes for the credit.
  if (name === 'CNAB400UNICRED.RET') return sameDay(their.data_credito, occurredOn);
  return sameDay(their.data_ocorrencia, occurredOn) && sameDay(their.data_credito, creditedOn);
}

describe.runIf(hasShared)('beside the reader of brcobranca', () => {
  test('files of the oracle that are not here, or not of a bank that is read', () => {
    expect(Object.keys(oracle).filter((name) => !(name in COUNTS))).toEqual([
      'CNAB400BANCONORDESTE.RET',
      'CNAB400BANCOBRASILIA.RET',
      'CNAB400CREDISIS.RET',
    ]);
  });

  test.each(Object.entries(COUNTS))('%s', (name, [theirs, ours]) => {
    const file = sharedFile('retorno', `brcobranca__${name}`);
    const { entries } = retornoOf(file);
    const all = oracle[name]?.all ?? [];
    expect([oracle[name]?.count, entries.length]).toEqual([theirs, ours]);
    // The oracle keeps the first ten.
    for (const [index, entry] of entries.slice(0, 10).entries()) {
      const their = all[index] ?? {};
      const { nosso_numero: number, codigo_ocorrencia: code } = their;
      const numberColumns = THEIR_NUMBER[name];
      expect(number?.trim()).toBe(
        numberColumns === undefined ? entry.ourNumber : columnsOf(file, entry, numberColumns),
      );
      expect(code).toBe(entry.occurrence);
      expect(centavosText(their.valor_titulo)).toBe(entry.amounts.title);
      expect(daysAgree(name, their, entry)).toBe(true);
      expect(centavosText(their.valor_recebido)).toBe(receivedOf(name, entry));
    }
  });
});

/** The amount that the oracle calls received. */
function receivedOf(name: string, { event, amounts }: ReadEntry): bigint | null {
  // Itaú's column of the payment holds the credit; its write-off has the tarifa there.
  if (name === 'CNAB400ITAU.RET') return event === 'paid' ? amounts.credited : 210n;
  if (name === 'CNAB400SANTANDER.RET') return event === 'paid' ? amounts.paid : 210n;
  // A registered title of Santander 240, of which the oracle says that its value was received.
  if (name === 'CNAB240SANTANDER.RET' && event === 'registered') return amounts.title;
  // One registered title of Bradesco has its value in the column of the payment.
  if (name === 'CNAB400BRADESCO.RET') return amounts.title === 145_000n ? 145_000n : 0n;
  return amounts.paid ?? 0n;
}
