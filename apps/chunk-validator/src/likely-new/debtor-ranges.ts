import { BigintColumnWriter, IntColumnWriter } from '#database';
import type { RowSet } from '../reading/row-sets.ts';

/**
 * The people of a set as PostgreSQL finds them fastest: in the order of their ids, and consecutive ids as one range.
 */
export interface DebtorRanges {
  /** `bigint[]`, rising. */
  readonly ids: Buffer;
  /** `text[]`, in the order of the ids. */
  readonly documents: Buffer;
  /** `bigint[]`: the first id of each range, of at most RANGE_IDS_MAX ids. */
  readonly firsts: Buffer;
  /** `bigint[]`: the last id of each range. */
  readonly lasts: Buffer;
  /** `int[]`: index of each row's debtor among the ids, counted from 1. */
  readonly debtors: Buffer;
}

/**
 * The statement tells PostgreSQL that a range has no more ids. Otherwise the planner expects a share of all debtors for
 * each range, and plans a sort and a compilation for them.
 */
export const RANGE_IDS_MAX = 16;

/** One writer of each column serves all chunks, because everything in here is synchronous. */
const idWriter = new BigintColumnWriter();
const firstWriter = new BigintColumnWriter();
const lastWriter = new BigintColumnWriter();
const debtorWriter = new IntColumnWriter();

/**
 * @param debtorIds debtors.id of the people, in their order
 * @param idsMax ids of a range; 1: each id is looked up by itself
 */
export function debtorRanges(
  { people, debtors }: RowSet,
  debtorIds: Float64Array,
  idsMax = RANGE_IDS_MAX,
): DebtorRanges {
  for (const writer of [idWriter, firstWriter, lastWriter, debtorWriter]) writer.clear();
  const ids = debtorIds.toSorted();
  // New debtors are numbered in the order of the people, so nearly always the ids are in order already.
  const isInOrder = ids.every((id, at) => id === debtorIds[at]);
  const placeOf = isInOrder ? undefined : placesAmong(ids, debtorIds);
  for (const place of debtors) debtorWriter.append(1 + (placeOf?.[place] ?? place));
  let length = 0;
  for (const [at, id] of ids.entries()) {
    idWriter.append(id);
    length += 1;
    if (length === 1) firstWriter.append(id);
    if (ids[at + 1] === id + 1 && length < idsMax) continue;
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

/** The index of each value among the same values in order, all of them different. */
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
