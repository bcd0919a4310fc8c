import type { DataSource } from 'typeorm';
import { withTransaction } from '#database';
import type { People } from '../reading/row-sets.ts';
import { findOrInsertDebtors, insertDebtors, type Person } from './debtor.queries.ts';

interface Knowledge {
  /** debtors.id by document, of people who are certainly on record. */
  readonly known: ReadonlyMap<string, number>;
  /** True to insert people who are likely new without `on conflict`: one who is on record is then an error. */
  readonly likelyNew: boolean;
}

interface DebtorIds {
  /** debtors.id of each set's people, in their order. */
  readonly ids: readonly Float64Array[];
  /** debtors.id by document, of the people that were looked up. */
  readonly found: ReadonlyMap<string, number>;
}

/**
 * The debtors of some sets of rows: one per government id, however many rows and files name it. People who are likely
 * new are inserted; all others are found in `known` or on record, or inserted as well. The transactions hold nothing
 * else and write in the order of the documents, so that two chunks with the same people take their locks in the same
 * order and cannot deadlock.
 *
 * @throws QueryFailedError of the constraint debtors_one_per_document, if a person was likely new and is on record
 */
export async function resolveDebtors(
  dataSource: DataSource,
  issuerId: string,
  sets: readonly People[],
  { known, likelyNew }: Knowledge,
): Promise<DebtorIds> {
  const toFind = new Map<string, Person>();
  const ids: (Float64Array | PartialIds)[] = [];
  for (const [at, people] of sets.entries()) {
    // One or two likely new people of a further set are not worth a transaction of their own.
    const newIds =
      likelyNew && at === 0 && people.likelyNew.length > 0
        ? await withTransaction(dataSource, async (tx) => await insertDebtors(tx, issuerId, people))
        : undefined;
    const areAllNew = newIds !== undefined && people.maybeKnown.length === 0;
    ids.push(areAllNew ? newIds : recognise(people, newIds, known, toFind));
  }
  const found =
    toFind.size === 0
      ? new Map<string, number>()
      : await withTransaction(dataSource, async (tx) => await findOrInsertDebtors(tx, issuerId, toFind));
  return { ids: ids.map((each) => (ArrayBuffer.isView(each) ? each : complete(each, found))), found };
}

interface PartialIds {
  /** debtors.id by index, where they are known. */
  readonly ids: Float64Array;
  readonly missing: readonly { readonly place: number; readonly document: string }[];
}

/**
 * Fills in the ids of people who are known and adds the others to `toFind`.
 *
 * @param newIds the ids of the people who are likely new, if they were inserted
 */
function recognise(
  { documents, names, addresses, firstLines, likelyNew, maybeKnown }: People,
  newIds: Float64Array | undefined,
  known: ReadonlyMap<string, number>,
  toFind: Map<string, Person>,
): PartialIds {
  const ids = new Float64Array(likelyNew.length + maybeKnown.length);
  const missing: { place: number; document: string }[] = [];
  if (newIds !== undefined) for (const [at, id] of newIds.entries()) ids[likelyNew[at] ?? 0] = id;
  for (const place of newIds === undefined ? ids.keys() : maybeKnown) {
    const document = documents.textAt(place);
    const id = known.get(document);
    if (id !== undefined) {
      ids[place] = id;
      continue;
    }
    missing.push({ place, document });
    const line = firstLines[place] ?? 0;
    // If two sets name a person, name and address come from the first line.
    if (line > (toFind.get(document)?.line ?? Infinity)) continue;
    toFind.set(document, { line, name: names.textAt(place), address: addresses.get(place) });
  }
  return { ids, missing };
}

function complete({ ids, missing }: PartialIds, found: ReadonlyMap<string, number>): Float64Array {
  for (const { place, document } of missing) {
    const id = found.get(document);
    if (id === undefined) throw new Error('a debtor is neither new nor on record');
    ids[place] = id;
  }
  return ids;
}
