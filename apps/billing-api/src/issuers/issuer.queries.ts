import { OWN_ISSUER, type TenantDb, type TenantTx } from '#access';
import type { BankAccount, Fees } from '#boleto';
import { column, fragment, sql, type RowOf } from '#database';
import type { ColumnMapping } from '#debts-csv';
import type { PixReceiver } from '#pix';
import type { IssuerCursor } from './issuer-cursor.ts';

interface IssuerAddress {
  readonly street: string;
  readonly district?: string | undefined;
  readonly city: string;
  /** Two capital letters. */
  readonly state: string;
  /** Eight digits. */
  readonly postalCode: string;
}

export interface NewIssuer {
  readonly id: string;
  readonly name: string;
  /** Normalised. */
  readonly document: string;
  readonly address: IssuerAddress;
  readonly account: BankAccount;
  readonly especie: string;
  readonly instructions: readonly string[];
  readonly fees: Fees;
  readonly registration: 'none' | 'bank';
  readonly nextNossoNumero: bigint;
  readonly pix: PixReceiver | undefined;
  /** Checked by checkLogo of #boleto-page. */
  readonly logo: Buffer | undefined;
  readonly sacador: Sacador | undefined;
  /** The titles of its files, where they are others than those that are known. */
  readonly mapping: ColumnMapping | undefined;
}

interface Sacador {
  readonly name: string;
  /** Normalised. */
  readonly document: string;
}

/** The logo itself stays in the database: only printing needs it. */
export interface Issuer extends Omit<NewIssuer, 'logo'> {
  readonly hasLogo: boolean;
  /** Other issuers of the account that the caller may see: they take numbers from the same counter. At most 100. */
  readonly accountSharedWith: readonly string[];
  readonly createdAt: Date;
  /** Counts its changes. */
  readonly version: number;
  readonly updatedAt: Date;
}

const INSERT_ISSUER = sql`
  insert into issuers
    (id, organization_id, name, document, address, bank_code, account, especie, instructions, fees, registration,
     next_nosso_numero, pix, logo, sacador, mapping)
  values
    (${'id'}, ${'organizationId'}, ${'name'}, ${'document'}, ${'address'}, ${'bankCode'}, ${'account'}, ${'especie'}, ${'instructions'},
     ${'fees'}, ${'registration'}, ${'nextNossoNumero'}, ${'pix'}, ${'logo'}, ${'sacador'}, ${'mapping'})`;

/** The issuer belongs to the organization of the caller. */
export async function insertIssuer(tx: TenantTx, issuer: NewIssuer): Promise<void> {
  const { bankCode, ...account } = issuer.account;
  await INSERT_ISSUER.run(tx, {
    ...tx.scope,
    id: issuer.id,
    name: issuer.name,
    document: issuer.document,
    address: issuer.address,
    bankCode,
    account,
    especie: issuer.especie,
    // pg would send an array as a PostgreSQL array; the column is JSON.
    instructions: JSON.stringify(issuer.instructions),
    fees: issuer.fees,
    registration: issuer.registration,
    nextNossoNumero: issuer.nextNossoNumero.toString(),
    pix: issuer.pix ?? null,
    logo: issuer.logo ?? null,
    sacador: issuer.sacador ?? null,
    mapping: issuer.mapping ?? null,
  });
}

const COLUMNS = fragment`i.id, name, document, address, i.bank_code, account, especie, instructions, fees, registration,
  a.next_nosso_numero, pix, logo is not null as has_logo, sacador, mapping, i.created_at, version, updated_at,
  array(select o.id from issuers o
        where o.bank_account_id = a.id and o.id <> i.id and o.organization_id = i.organization_id
          and (${'issuerIds'}::uuid[] is null or o.id = any(${'issuerIds'}::uuid[]))
        order by o.created_at, o.id limit 100)
    as account_shared_with`;

const TABLES = fragment`issuers i join bank_accounts a on a.id = i.bank_account_id`;

const ISSUER_COLUMNS = {
  id: 'uuid',
  name: 'text',
  document: 'text',
  address: column<IssuerAddress>('jsonb'),
  bank_code: 'text',
  account: column<Omit<BankAccount, 'bankCode'>>('jsonb'),
  especie: 'text',
  instructions: column<string[]>('jsonb'),
  fees: column<Fees>('jsonb'),
  registration: column<'none' | 'bank'>('text'),
  next_nosso_numero: 'int8',
  pix: column<PixReceiver | null>('jsonb'),
  has_logo: 'bool',
  sacador: column<Sacador | null>('jsonb'),
  mapping: column<ColumnMapping | null>('jsonb'),
  created_at: 'timestamptz',
  version: 'int4',
  updated_at: 'timestamptz',
  account_shared_with: 'uuid[]',
} as const;

const FIND_ISSUER = sql.returning(
  ISSUER_COLUMNS,
)`select ${COLUMNS} from ${TABLES} where i.id = ${'id'} and ${OWN_ISSUER}`;

export async function findIssuer(db: TenantDb, id: string): Promise<Issuer | undefined> {
  const rows = await FIND_ISSUER.rows(db, { ...db.scope, id });
  const [row] = rows;
  return row === undefined ? undefined : toIssuer(row);
}

const FIND_LOGO = sql.returning({
  logo: 'bytea?',
})`select i.logo from issuers i where i.id = ${'id'} and ${OWN_ISSUER}`;

/** The logo of an issuer; undefined without the issuer. */
export async function findLogo(db: TenantDb, id: string): Promise<{ readonly logo: Buffer | null } | undefined> {
  return await FIND_LOGO.row(db, { ...db.scope, id });
}

const LIST_ISSUERS = sql.returning(ISSUER_COLUMNS)`
  select ${COLUMNS}
  from ${TABLES}
  where ${OWN_ISSUER} and (${'name'}::text is null or (name, i.id) > (${'name'}, ${'id'}::uuid))
  order by name, i.id
  limit ${'limit'}`;

/** Issuers in the order of their names: at most `limit`, after the place `after`. */
export async function listIssuers(
  db: TenantDb,
  { limit, after }: { readonly limit: number; readonly after: IssuerCursor | undefined },
): Promise<readonly Issuer[]> {
  const rows = await LIST_ISSUERS.rows(db, {
    ...db.scope,
    limit,
    name: after?.name ?? null,
    id: after?.id ?? null,
  });
  return rows.map(toIssuer);
}

function toIssuer(row: RowOf<typeof FIND_ISSUER>): Issuer {
  const { id, name, document, address, especie, instructions, fees, registration } = row;
  return {
    id,
    name,
    document,
    address,
    account: { bankCode: row.bank_code, ...row.account },
    especie,
    instructions,
    fees,
    registration,
    nextNossoNumero: BigInt(row.next_nosso_numero),
    pix: row.pix ?? undefined,
    hasLogo: row.has_logo,
    accountSharedWith: row.account_shared_with,
    sacador: row.sacador ?? undefined,
    mapping: row.mapping ?? undefined,
    createdAt: row.created_at,
    version: row.version,
    updatedAt: row.updated_at,
  };
}
