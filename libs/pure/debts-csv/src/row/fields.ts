import { FIELDS, titlesOf, type AddressField, type Field, type RequiredField } from './column-table.ts';

/** The index of each field's cell in a row, from 0. */
export type FieldIndexes = Readonly<Record<RequiredField, number>> & Readonly<Partial<Record<AddressField, number>>>;

/** The columns of a file, as its header names them. Plain data: stored as JSON, and all that reading a row needs. */
export interface HeaderMapping {
  readonly indexes: FieldIndexes;
  /**
   * Where a field has more columns than the one in `indexes`: a street in parts, which are joined; a CPF and a CNPJ, of
   * which one is filled; any other address, of which the first filled one counts.
   */
  readonly further?: Readonly<Partial<Record<Field, readonly number[]>>> | undefined;
  /** The columns that are read, in the file's order. */
  readonly columns: readonly { readonly field: Field; readonly header: string; readonly index: number }[];
  /** Titled columns that mean nothing to us: the first of them. */
  readonly ignored: readonly { readonly header: string; readonly index: number }[];
  /** How many there are. */
  readonly ignoredCount?: number | undefined;
  /** Line of the header; left out where it is the first of the file. */
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

const FIELD_BY_KEY = new Map(
  FIELDS.flatMap((field) => titlesOf(field).known.map((title) => [headerKey(title), field] as const)),
);

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
