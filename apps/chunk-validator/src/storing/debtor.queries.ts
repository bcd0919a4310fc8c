import { fragment, readBigints, sql, textArray, writeRows, type RowOf, type Tx } from '#database';
import type { Address } from '#debts-csv';
import type { People } from '../reading/row-sets.ts';

/** A person whose debtor is to be found or inserted, as the row on `line` names them. */
export interface Person {
  readonly line: number;
  readonly name: string;
  readonly address: Address | undefined;
}

const NUMBER_DEBTORS = sql.returning({ ids: 'bytea' })`
  select array_send(array_agg(nextval('debtors_id_seq'))) as ids from generate_series(1, ${'count'}::int)`;

const INSERT_DEBTORS = sql`
  insert into debtors (id, issuer_id, document, name, address)
  overriding system value
  select id, ${'issuerId'}::uuid, document, name, address::jsonb
  from (
    -- In the select list: behind FROM the rows would be kept a second time before the first is sorted.
    select unnest(${'ids'}::bigint[]) as id, unnest(${'documents'}::text[]) as document, unnest(${'names'}::text[]) as name,
           unnest(${'addresses'}::text[]) as address
  ) t
  order by document collate "C"`;

/**
 * Inserts the people who are likely new and returns their debtors.id, in their order.
 *
 * @throws QueryFailedError of the constraint debtors_one_per_document, if one of them is on record
 */
export async function insertDebtors(
  tx: Tx,
  issuerId: string,
  { documents, names, addresses, likelyNew }: People,
): Promise<Float64Array> {
  const numbered = await NUMBER_DEBTORS.row(tx, { count: likelyNew.length });
  if (numbered === undefined) throw new Error('no ids for new debtors');
  await writeRows(tx, INSERT_DEBTORS, {
    issuerId,
    ids: numbered.ids,
    documents: documents.pick(likelyNew),
    names: names.pick(likelyNew),
    addresses: textArray(likelyNew.map((place) => addressOf(addresses.get(place)))),
  });
  return readBigints(numbered.ids);
}

/** Two lists with commas: parsing ten thousand result rows would take several times as long. */
const IDS_BY_DOCUMENT = { ids: 'text?', documents: 'text?' } as const;

const SELECT_IDS = fragment`select string_agg(id::text, ',') as ids, string_agg(document, ',') as documents from`;

const INSERT_MISSING = sql.returning(IDS_BY_DOCUMENT)`
  with inserted as (
    insert into debtors (issuer_id, document, name, address)
    select ${'issuerId'}::uuid, document, name, address::jsonb
    from unnest(${'documents'}::text[], ${'names'}::text[], ${'addresses'}::text[]) as t (document, name, address)
    order by document collate "C"
    -- Debtors are never deleted. The statement waits for one that another transaction inserts, and it is looked up afterwards.
    on conflict (issuer_id, document) do nothing
    returning id, document
  )
  ${SELECT_IDS} inserted`;

const FIND_DEBTORS = sql.returning(IDS_BY_DOCUMENT)`
  ${SELECT_IDS} (
    select d.id, d.document
    from unnest(${'documents'}::text[]) as t (document)
    cross join lateral (
      select id, document from debtors where issuer_id = ${'issuerId'} and document = t.document offset 0
    ) d
  ) on_record`;

/** Finds these people on record or inserts them; returns debtors.id by document. */
export async function findOrInsertDebtors(
  tx: Tx,
  issuerId: string,
  people: ReadonlyMap<string, Person>,
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  const documents = [...people.keys()];
  const inserted = await INSERT_MISSING.row(tx, {
    issuerId,
    documents: textArray(documents),
    names: textArray(Array.from(people.values(), ({ name }) => name)),
    addresses: textArray(Array.from(people.values(), ({ address }) => addressOf(address))),
  });
  addAll(found, inserted);
  if (found.size === people.size) return found;

  const rest = documents.filter((document) => !found.has(document));
  const onRecord = await FIND_DEBTORS.row(tx, { issuerId, documents: textArray(rest) });
  addAll(found, onRecord);
  return found;
}

function addressOf(address: Address | undefined): string | null {
  return address === undefined ? null : JSON.stringify(address);
}

/** Documents are digits and letters. */
function addAll(found: Map<string, number>, row: RowOf<typeof FIND_DEBTORS> | undefined): void {
  const { ids, documents } = row ?? { ids: null, documents: null };
  const idOf = ids?.split(',') ?? [];
  for (const [at, document] of (documents?.split(',') ?? []).entries()) found.set(document, Number(idOf[at]));
}
