import type { DataSource, EntityManager } from 'typeorm';
import { textArray, withTransaction } from '#database';
import type { GoodRows } from './good-rows.ts';

/** debtors.id of each row, in the rows' order, and apart those that were not known before, by document. */
interface RowDebtors {
  readonly ids: readonly number[];
  readonly found: ReadonlyMap<string, number>;
}

/**
 * The debtors of the rows: one per government id, however many rows and files name it. Those that are not in `known` are
 * inserted or looked up, in a transaction of their own. Each row's document is looked up once: a chunk has ten thousand.
 */
export async function resolveDebtors(
  dataSource: DataSource,
  issuerId: string,
  rows: GoodRows,
  known: ReadonlyMap<string, number>,
): Promise<RowDebtors> {
  const ids: number[] = [];
  const strangers: number[] = [];
  for (const [place, document] of rows.documents.entries()) {
    const id = known.get(document);
    if (id === undefined) strangers.push(place);
    ids.push(id ?? Number.NaN);
  }
  const found: ReadonlyMap<string, number> =
    strangers.length === 0
      ? new Map<string, number>()
      : await withTransaction(dataSource, async (tx) => await findOrInsertDebtors(tx, issuerId, rows, strangers));
  for (const place of strangers) ids[place] = mustHave(found, rows.documents[place]);
  return { ids, found };
}

function mustHave(idByDocument: ReadonlyMap<string, number>, document = ''): number {
  const id = idByDocument.get(document);
  if (id === undefined) throw new Error('a debtor is neither new nor on record');
  return id;
}

/**
 * debtors.id by document, of the rows at these places. Inserted in order, so that two chunks with the same people take
 * their locks in the same order and cannot deadlock; and in a transaction that holds nothing else.
 */
async function findOrInsertDebtors(
  tx: EntityManager,
  issuerId: string,
  { documents, columns, addresses }: GoodRows,
  places: readonly number[],
): Promise<ReadonlyMap<string, number>> {
  const firstPlaces = new Map<string, number>();
  for (const place of places) {
    const document = documents[place] ?? '';
    if (!firstPlaces.has(document)) firstPlaces.set(document, place);
  }
  const found = new Map<string, number>();
  const missing = [...firstPlaces.values()];
  const inserted: [IdsByDocument] = await tx.query(
    `with inserted as (
       insert into debtors (issuer_id, document, name, address)
       select $1::uuid, document, name, address::jsonb
       from unnest($2::text[], $3::text[], $4::text[]) as t (document, name, address)
       order by document collate "C"
       on conflict (issuer_id, document) do nothing
       returning id, document
     )
     ${idsByDocument('inserted')}`,
    [
      issuerId,
      columns.documents.pick(missing),
      columns.names.pick(missing),
      textArray(missing.map((place) => (addresses.has(place) ? JSON.stringify(addresses.get(place)) : null))),
    ],
  );
  addAll(found, inserted);
  if (found.size === firstPlaces.size) return found;

  const onRecord: [IdsByDocument] = await tx.query(
    idsByDocument('debtors where issuer_id = $1 and document = any($2::text[])'),
    [issuerId, textArray([...firstPlaces.keys()].filter((document) => !found.has(document)))],
  );
  addAll(found, onRecord);
  return found;
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
