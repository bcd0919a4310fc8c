import { describe, expect, test } from 'vitest';
import { parseIsoDate } from '#calendar';
import { readBigints, readInts } from '#database';
import { centavos } from '#money';
import { GoodRowsWriter, type RowSet } from '../reading/row-sets.ts';
import { debtorRanges } from './debtor-ranges.ts';
import { RecentKeys } from './recent-keys.ts';

const dueDate = parseIsoDate('2035-01-31');
if (dueDate === undefined) throw new Error('no date');
const terms = {
  name: 'Ana',
  documentKind: 'cpf',
  email: 'ana@example.com',
  amount: centavos(1_050n),
  dueDate,
  address: undefined,
} as const;

/** Rows that name these people. */
function rowsOf(documents: readonly string[]): RowSet {
  const writer = new GoodRowsWriter({ debtIds: new RecentKeys(64), documents: new RecentKeys(64) });
  writer.begin('somebody', true);
  for (const [at, document] of documents.entries()) writer.add({ ...terms, document, debtId: at.toString() }, at + 2);
  return writer.finish(() => {
    throw new Error('not asked for');
  }).likelyNew;
}

function found(set: RowSet, ids: readonly number[], idsMax?: number) {
  const people = debtorRanges(set, Float64Array.from(ids), idsMax);
  const documents = people.documents.toString('latin1', 20).split('\0\0\0\u0001').slice(1);
  return {
    ids: [...readBigints(people.ids)],
    documents,
    ranges: [...readBigints(people.firsts)].map((first, at) => [first, readBigints(people.lasts)[at]]),
    debtors: [...readInts(people.debtors)],
  };
}

describe('the people of a set', () => {
  test('whose ids rise already stay as they are', () => {
    expect(found(rowsOf(['A', 'B', 'A', 'C']), [7, 8, 9])).toEqual({
      ids: [7, 8, 9],
      documents: ['A', 'B', 'C'],
      ranges: [[7, 9]],
      debtors: [1, 2, 1, 3],
    });
  });

  test('are put in the order of their ids, and the rows refer to them there', () => {
    expect(found(rowsOf(['A', 'B', 'C', 'B', 'D']), [30, 5, 31, 6])).toEqual({
      ids: [5, 6, 30, 31],
      documents: ['B', 'D', 'A', 'C'],
      ranges: [
        [5, 6],
        [30, 31],
      ],
      debtors: [3, 1, 4, 1, 2],
    });
  });

  test('are found by ranges of sixteen ids at most', () => {
    const documents = Array.from({ length: 40 }, (_, at) => `D${at.toString()}`);
    const ids = documents.map((_, at) => 101 + at);
    expect(found(rowsOf(documents), ids).ranges).toEqual([
      [101, 116],
      [117, 132],
      [133, 140],
    ]);
  });

  test('are found by one id each when ranges are switched off', () => {
    expect(found(rowsOf(['A', 'B', 'C']), [7, 8, 9], 1)).toEqual({
      ids: [7, 8, 9],
      documents: ['A', 'B', 'C'],
      ranges: [
        [7, 7],
        [8, 8],
        [9, 9],
      ],
      debtors: [1, 2, 3],
    });
  });

  test('may have ids that lie apart', () => {
    expect(found(rowsOf(['A', 'B', 'C']), [9, 1, 4_294_967_300]).ranges).toEqual([
      [1, 1],
      [9, 9],
      [4_294_967_300, 4_294_967_300],
    ]);
  });
});
