/** How a field reads: digits, text, centavos or a date. */
type FieldKind = 'N' | 'A' | 'V' | 'D';

/** A field of a record. Columns count from 1 and include both ends, as in the banks' manuals. */
export interface Field {
  readonly from: number;
  readonly to: number;
  readonly kind: FieldKind;
  /** The name of the field in Portuguese. */
  readonly name: string;
}

/** The records of a file by their key: the first column (400), or the type, else the segment (240). */
export type Layout = ReadonlyMap<string, readonly Field[]>;

/** Reads tables of the form `from-to kind name`, one field a line, into the records of a layout. */
export function layout(records: Readonly<Record<string, string>>): Layout {
  return new Map(Object.entries(records).map(([key, table]) => [key, fieldsOf(table)]));
}

function fieldsOf(table: string): readonly Field[] {
  return table
    .trim()
    .split('\n')
    .map((line) => {
      const [columns = '', kind = '', ...words] = line.trim().split(' ');
      const [from = '', to = ''] = columns.split('-');
      return { from: Number(from), to: Number(to), kind: kind as FieldKind, name: words.join(' ') };
    });
}
