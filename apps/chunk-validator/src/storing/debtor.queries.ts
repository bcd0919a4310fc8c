import type { EntityManager } from 'typeorm';
import { readBigints, textArray, writeRows } from '#database';
import type { Address } from '#debts-csv';
import type { People } from '../reading/row-sets.ts';

/** A person whose debtor is to be found or inserted, as the row on `line` names them. */
export interface Person {
  readonly line: number;
  readonly name: string;
  readonly address: Address | undefined;
}

/**
 * Inserts the people who are likely new and returns their debtors.id, in their order.
 *
 * @throws QueryFailedError of the constraint debtors_one_per_document, if one of them is on record
 */
export async function insertDebtors(
  tx: EntityManager,
  issuerId: string,
  { documents, names, addresses, likelyNew }: People,
): Promise<Float64Array> {
  const [numbered]: { ids: Buffer }[] = await tx.query(
    `select array_send(array_agg(nextval('debtors_id_seq'))) as ids from generate_series(1, $1::int)`,
    [likelyNew.length],
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
      documents.pick(likelyNew),
      names.pick(likelyNew),
      textArray(likelyNew.map((place) => addressOf(addresses.get(place)))),
    ],
  );
  return readBigints(numbered.ids);
}

/** Finds these people on record or inserts them; returns debtors.id by document. */
export async function findOrInsertDebtors(
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
       -- Debtors are never deleted. The statement waits for one that another transaction inserts, and it is looked up afterwards.
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

/** Two lists with commas: parsing ten thousand result rows would take several times as long. */
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
