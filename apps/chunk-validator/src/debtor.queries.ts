import type { DataSource, EntityManager } from 'typeorm';
import { readBigints, textArray, withTransaction, writeRows } from '#database';
import type { Address } from '#debts-csv';
import type { People } from './good-rows.ts';

interface Presumed {
  /** debtors.id by document, of people who are on record for sure. */
  readonly known: ReadonlyMap<string, number>;
  /** Presumes that none of the strangers is on record: then one who is is an error. */
  readonly allNew: boolean;
}

interface DebtorIds {
  /** For each of the sets debtors.id of its people, in their order. */
  readonly ids: readonly Float64Array[];
  /** Who was looked up, by document. */
  readonly found: ReadonlyMap<string, number>;
}

/**
 * The debtors of some sets of rows: one per government id, however many rows and files name it. Strangers are inserted, others are
 * found in `known` or on record, or inserted as well; in transactions that hold nothing else and in the order of their
 * documents, so that two chunks with the same people take their locks in the same order and cannot deadlock.
 *
 * @throws QueryFailedError of the constraint debtors_one_per_document, if a stranger was presumed to be new and is not
 */
export async function resolveDebtors(
  dataSource: DataSource,
  issuerId: string,
  sets: readonly People[],
  { known, allNew }: Presumed,
): Promise<DebtorIds> {
  const toFind = new Map<string, Person>();
  const ids: (Float64Array | DebtorIdsToFind)[] = [];
  for (const [at, people] of sets.entries()) {
    // A stranger or two among the people of a further set are not worth a transaction of their own.
    const newIds =
      allNew && at === 0 && people.strangers.length > 0
        ? await withTransaction(dataSource, async (tx) => await insertDebtors(tx, issuerId, people))
        : undefined;
    const areAllNew = newIds !== undefined && people.seen.length === 0;
    ids.push(areAllNew ? newIds : recognise(people, newIds, known, toFind));
  }
  const found =
    toFind.size === 0
      ? new Map<string, number>()
      : await withTransaction(dataSource, async (tx) => await findOrInsertDebtors(tx, issuerId, toFind));
  return { ids: ids.map((each) => (ArrayBuffer.isView(each) ? each : complete(each, found))), found };
}

interface Person {
  readonly line: number;
  readonly name: string;
  readonly address: Address | undefined;
}

interface DebtorIdsToFind {
  /** debtors.id by place, as far as they are known. */
  readonly ids: Float64Array;
  readonly missing: readonly { readonly place: number; readonly document: string }[];
}

/**
 * The ids of those who are known; others are added to `toFind`.
 *
 * @param newIds of the strangers, if they were inserted
 */
function recognise(
  { documents, names, addresses, firstLines, strangers, seen }: People,
  newIds: Float64Array | undefined,
  known: ReadonlyMap<string, number>,
  toFind: Map<string, Person>,
): DebtorIdsToFind {
  const ids = new Float64Array(strangers.length + seen.length);
  const missing: { place: number; document: string }[] = [];
  if (newIds !== undefined) for (const [at, id] of newIds.entries()) ids[strangers[at] ?? 0] = id;
  for (const place of newIds === undefined ? ids.keys() : seen) {
    const document = documents.textAt(place);
    const id = known.get(document);
    if (id !== undefined) {
      ids[place] = id;
      continue;
    }
    missing.push({ place, document });
    const line = firstLines[place] ?? 0;
    // Of two sets that name somebody, the first line says who that is.
    if (line > (toFind.get(document)?.line ?? Infinity)) continue;
    toFind.set(document, { line, name: names.textAt(place), address: addresses.get(place) });
  }
  return { ids, missing };
}

function complete({ ids, missing }: DebtorIdsToFind, found: ReadonlyMap<string, number>): Float64Array {
  for (const { place, document } of missing) {
    const id = found.get(document);
    if (id === undefined) throw new Error('a debtor is neither new nor on record');
    ids[place] = id;
  }
  return ids;
}

/** debtors.id of the strangers among the people, all of whom are new, in their order. */
async function insertDebtors(
  tx: EntityManager,
  issuerId: string,
  { documents, names, addresses, strangers }: People,
): Promise<Float64Array> {
  const [numbered]: { ids: Buffer }[] = await tx.query(
    `select array_send(array_agg(nextval('debtors_id_seq'))) as ids from generate_series(1, $1::int)`,
    [strangers.length],
  );
  if (numbered === undefined) throw new Error('no ids for new debtors');
  await writeRows(
    tx,
    `insert into debtors (id, issuer_id, document, name, address)
     overriding system value
     select id, $1::uuid, document, name, address::jsonb
     from (
       -- In the select list: behind FROM the rows would be kept a second time before the first is sorted.
       select unnest($2::bigint[]) as id, unnest($3::text[]) as document, unnest($4::text[]) as name,
              unnest($5::text[]) as address
     ) t
     order by document collate "C"`,
    [
      issuerId,
      numbered.ids,
      documents.pick(strangers),
      names.pick(strangers),
      textArray(strangers.map((place) => addressOf(addresses.get(place)))),
    ],
  );
  return readBigints(numbered.ids);
}

/** debtors.id by document. */
async function findOrInsertDebtors(
  tx: EntityManager,
  issuerId: string,
  people: ReadonlyMap<string, Person>,
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  const documents = [...people.keys()];
  const inserted: [IdsByDocument] = await tx.query(
    `with inserted as (
       insert into debtors (issuer_id, document, name, address)
       select $1::uuid, document, name, address::jsonb
       from unnest($2::text[], $3::text[], $4::text[]) as t (document, name, address)
       order by document collate "C"
       -- Debtors are never deleted; one that another transaction inserts is waited for, and looked up afterwards.
       on conflict (issuer_id, document) do nothing
       returning id, document
     )
     ${idsByDocument('inserted')}`,
    [
      issuerId,
      textArray(documents),
      textArray(Array.from(people.values(), ({ name }) => name)),
      textArray(Array.from(people.values(), ({ address }) => addressOf(address))),
    ],
  );
  addAll(found, inserted);
  if (found.size === people.size) return found;

  const onRecord: [IdsByDocument] = await tx.query(
    idsByDocument(`(
       select d.id, d.document
       from unnest($2::text[]) as t (document)
       cross join lateral (select id, document from debtors where issuer_id = $1 and document = t.document offset 0) d
     ) on_record`),
    [issuerId, textArray(documents.filter((document) => !found.has(document)))],
  );
  addAll(found, onRecord);
  return found;
}

function addressOf(address: Address | undefined): string | null {
  return address === undefined ? null : JSON.stringify(address);
}

/** Two texts with commas between: ten thousand rows of their own would take several times as long to take apart. */
interface IdsByDocument {
  readonly ids: string | null;
  readonly documents: string | null;
}

function idsByDocument(source: string): string {
  return `select string_agg(id::text, ',') as ids, string_agg(document, ',') as documents from ${source}`;
}

/** Documents are digits and letters. */
function addAll(found: Map<string, number>, [{ ids, documents }]: readonly [IdsByDocument]): void {
  const idOf = ids?.split(',') ?? [];
  for (const [at, document] of (documents?.split(',') ?? []).entries()) found.set(document, Number(idOf[at]));
}
