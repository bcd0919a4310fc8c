import { BigintColumnWriter, IntColumnWriter } from '#database';
import type { RowSet } from './good-rows.ts';

/** The people of a set as they are found fastest: in the order of their ids, and where these follow each other as one range. */
export interface PeopleById {
  /** `bigint[]`, rising. */
  readonly ids: Buffer;
  /** `text[]`, in the order of the ids. */
  readonly documents: Buffer;
  /** `bigint[]`: the first id of each range, which has RANGE_IDS_MAX at most. */
  readonly firsts: Buffer;
  /** `bigint[]`: the last id of each range. */
  readonly lasts: Buffer;
  /** `int[]`: of each row its debtor's place among the ids, counted from 1. */
  readonly debtors: Buffer;
}

/**
 * PostgreSQL is told that a range has no more: else it reckons with a share of all debtors for each, and with a sort and a compilation
 * for those.
 */
export const RANGE_IDS_MAX = 16;

/** Everything in here happens at once, so that one writer of each column does for all chunks. */
const idWriter = new BigintColumnWriter();
const firstWriter = new BigintColumnWriter();
const lastWriter = new BigintColumnWriter();
const debtorWriter = new IntColumnWriter();

/** @param debtorIds debtors.id of the people, in their order */
export function peopleById({ people, debtors }: RowSet, debtorIds: Float64Array): PeopleById {
  for (const writer of [idWriter, firstWriter, lastWriter, debtorWriter]) writer.clear();
  const ids = debtorIds.toSorted();
  // New debtors are numbered in the order of the people: nearly always nothing has to be put in order.
  const isInOrder = ids.every((id, at) => id === debtorIds[at]);
  const placeOf = isInOrder ? undefined : placesAmong(ids, debtorIds);
  for (const place of debtors) debtorWriter.append(1 + (placeOf?.[place] ?? place));
  let length = 0;
  for (const [at, id] of ids.entries()) {
    idWriter.append(id);
    length += 1;
    if (length === 1) firstWriter.append(id);
    if (ids[at + 1] === id + 1 && length < RANGE_IDS_MAX) continue;
    lastWriter.append(id);
    length = 0;
  }
  const { documents } = people;
  return {
    ids: idWriter.finish(),
    documents: placeOf === undefined ? documents.parameter : documents.pick(inverted(placeOf)),
    firsts: firstWriter.finish(),
    lasts: lastWriter.finish(),
    debtors: debtorWriter.finish(),
  };
}

/** Of each value its place among the same values in order, all of them different. */
function placesAmong(inOrder: Float64Array, values: Float64Array): Int32Array {
  return Int32Array.from(values, (value) => {
    let from = 0;
    let to = inOrder.length - 1;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((inOrder[middle] ?? 0) < value) from = middle + 1;
      else to = middle;
    }
    return from;
  });
}

function inverted(places: Int32Array): Int32Array {
  const inverse = new Int32Array(places.length);
  for (const [at, place] of places.entries()) inverse[place] = at;
  return inverse;
}
