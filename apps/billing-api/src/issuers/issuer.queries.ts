import type { EntityManager } from 'typeorm';
import type { BankAccount, Fees } from '#boleto';
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
  /** Other issuers of the account: they take numbers from the same counter. At most 100. */
  readonly accountSharedWith: readonly string[];
  readonly createdAt: Date;
  /** Counts its changes. */
  readonly version: number;
  readonly updatedAt: Date;
}

export async function insertIssuer(tx: EntityManager, issuer: NewIssuer): Promise<void> {
  const { bankCode, ...account } = issuer.account;
  await tx.query(
    `insert into issuers
       (id, name, document, address, bank_code, account, especie, instructions, fees, registration, next_nosso_numero,
        pix, logo, sacador, mapping)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
    [
      issuer.id,
      issuer.name,
      issuer.document,
      issuer.address,
      bankCode,
      account,
      issuer.especie,
      // pg would send an array as a PostgreSQL array; the column is JSON.
      JSON.stringify(issuer.instructions),
      issuer.fees,
      issuer.registration,
      issuer.nextNossoNumero.toString(),
      issuer.pix ?? null,
      issuer.logo ?? null,
      issuer.sacador ?? null,
      issuer.mapping ?? null,
    ],
  );
}

export async function findIssuer(tx: EntityManager, id: string): Promise<Issuer | undefined> {
  const rows: IssuerRow[] = await tx.query(`select ${COLUMNS} from ${TABLES} where i.id = $1`, [id]);
  const [row] = rows;
  return row === undefined ? undefined : toIssuer(row);
}

/** The logo of an issuer; undefined without the issuer. */
export async function findLogo(tx: EntityManager, id: string): Promise<{ readonly logo: Buffer | null } | undefined> {
  const rows: { logo: Buffer | null }[] = await tx.query('select logo from issuers where id = $1', [id]);
  return rows[0];
}

/** Issuers in the order of their names: at most `limit`, after the place `after`. */
export async function listIssuers(
  tx: EntityManager,
  { limit, after }: { readonly limit: number; readonly after: IssuerCursor | undefined },
): Promise<readonly Issuer[]> {
  const rows: IssuerRow[] = await tx.query(
    `select ${COLUMNS}
     from ${TABLES}
     where $2::text is null or (name, i.id) > ($2, $3::uuid)
     order by name, i.id
     limit $1`,
    [limit, after?.name ?? null, after?.id ?? null],
  );
  return rows.map(toIssuer);
}

const COLUMNS = `i.id, name, document, address, i.bank_code, account, especie, instructions, fees, registration,
  a.next_nosso_numero, pix, logo is not null as has_logo, sacador, mapping, i.created_at, version, updated_at,
  array(select o.id from issuers o where o.bank_account_id = a.id and o.id <> i.id order by o.created_at, o.id limit 100)
    as account_shared_with`;

const TABLES = 'issuers i join bank_accounts a on a.id = i.bank_account_id';

interface IssuerRow {
  id: string;
  name: string;
  document: string;
  address: IssuerAddress;
  bank_code: string;
  account: Omit<BankAccount, 'bankCode'>;
  especie: string;
  instructions: string[];
  fees: Fees;
  registration: 'none' | 'bank';
  next_nosso_numero: string;
  pix: PixReceiver | null;
  has_logo: boolean;
  account_shared_with: string[];
  sacador: Sacador | null;
  mapping: ColumnMapping | null;
  created_at: Date;
  version: number;
  updated_at: Date;
}

function toIssuer(row: IssuerRow): Issuer {
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
