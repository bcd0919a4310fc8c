/** The columns every file must have. */
export const REQUIRED_FIELDS = ['name', 'governmentId', 'email', 'debtAmount', 'debtDueDate', 'debtId'] as const;

/** The debtor's address, which a bank's registration of boletos asks for. */
export const ADDRESS_FIELDS = ['street', 'district', 'city', 'state', 'postalCode'] as const;

export type RequiredField = (typeof REQUIRED_FIELDS)[number];
export type AddressField = (typeof ADDRESS_FIELDS)[number];
export type Field = RequiredField | AddressField;

/** Where each field stands in a row: the index of its cell, from 0. */
export type FieldIndexes = Readonly<Record<RequiredField, number>> & Readonly<Partial<Record<AddressField, number>>>;

/** The columns of a file, as its header names them. Plain data: stored as JSON, and all that reading a row needs. */
export interface HeaderMapping {
  readonly indexes: FieldIndexes;
  /**
   * Where a field has more columns than the one in `indexes`: a street in parts, which are joined; a CPF and a CNPJ, of which
   * one is filled; any other address, of which the first filled one counts.
   */
  readonly further?: Readonly<Partial<Record<Field, readonly number[]>>> | undefined;
  /** The columns that are read, in the file's order. */
  readonly columns: readonly { readonly field: Field; readonly header: string; readonly index: number }[];
  /** Titled columns that mean nothing to us: the first of them. */
  readonly ignored: readonly { readonly header: string; readonly index: number }[];
  /** How many there are. */
  readonly ignoredCount?: number | undefined;
  /** Of the header; left out where it is the first of the file. */
  readonly line?: number | undefined;
  /** Rows above the header that are left out: the title of a report, its date. */
  readonly titleRows?: readonly { readonly line: number; readonly text: string }[] | undefined;
  /** Cells of a row; untitled columns at the end do not count. */
  readonly columnCount: number;
  /** Cells that no row can do without: those behind them are optional. Undefined in what earlier versions stored. */
  readonly cellsMin?: number | undefined;
}

/** Which titles the uploader says that the columns of a field have. */
export type ColumnMapping = Readonly<Partial<Record<Field, readonly string[]>>>;

/** Header names, as headerKey() writes them, that mean a field. */
const ALIASES: Readonly<Record<Field, string>> = {
  name:
    'name fullname debtor debtorname customer customername nome nomecompleto cliente nomecliente nomedocliente devedor ' +
    'nomedevedor nomedodevedor pagador nomepagador nomedopagador sacado razaosocial',
  governmentId: 'governmentid document taxid cpf cnpj cpfcnpj cnpjcpf cpfoucnpj documento',
  email: 'email emailaddress mail emailcliente emaildocliente emaildevedor emaildodevedor correioeletronico',
  debtAmount:
    'debtamount amount valor valordivida valordadivida valordebito valordodebito valorboleto valortitulo valororiginal',
  debtDueDate: 'debtduedate duedate vencimento datavencimento datadevencimento dtvencimento datavenc dtvenc',
  debtId:
    'debtid id iddivida iddadivida iddebito codigo codigodivida codigodadivida codigodebito fatura numerofatura ' +
    'numerodafatura titulo numerotitulo invoice invoiceid',
  street: 'street address streetaddress endereco logradouro rua',
  district: 'district neighborhood neighbourhood bairro',
  city: 'city cidade municipio',
  state: 'state uf estado',
  postalCode: 'postalcode postcode zip zipcode cep codigopostal',
};

export const FIELDS: readonly Field[] = [...REQUIRED_FIELDS, ...ADDRESS_FIELDS];
const FIELD_BY_KEY = new Map(FIELDS.flatMap((field) => ALIASES[field].split(' ').map((key) => [key, field] as const)));

/** `Data de Vencimento`, `data_de_vencimento` and `DATADEVENCIMENTO` are one key: letters and digits, no accents. */
export function headerKey(header: string): string {
  return header
    .normalize('NFD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '');
}

/** The field that a column of this title holds; undefined for a column that is not ours. */
export function fieldOf(header: string): Field | undefined {
  return FIELD_BY_KEY.get(headerKey(header));
}
