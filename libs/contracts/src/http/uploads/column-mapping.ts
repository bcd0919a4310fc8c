import { z } from 'zod';
import { ADDRESS_FIELDS, FIELDS, REQUIRED_FIELDS, TITLE_CHARS_MAX, type ColumnMapping, type Field } from '#debts-csv';

/** A street in parts. */
const ADDRESS_COLUMNS_MAX = 5;
/** One for a CPF and one for a CNPJ. */
const DOCUMENT_COLUMNS_MAX = 2;

const title = z.string().trim().min(1).max(TITLE_CHARS_MAX);

function titles(countMax: number) {
  const one = title.transform((text): readonly string[] => [text]);
  return z.union([one, z.array(title).min(1).max(countMax).readonly()]).optional();
}

function columnsMax(field: Field): number {
  if (field === 'governmentId') return DOCUMENT_COLUMNS_MAX;
  return ADDRESS_FIELDS.some((each) => each === field) ? ADDRESS_COLUMNS_MAX : 1;
}

/** Which titles the columns of a file have: of each field a title, or several where several columns can be read. */
export const columnMapping = z
  .strictObject(Object.fromEntries(FIELDS.map((field) => [field, titles(columnsMax(field))])))
  .superRefine((given, context) => {
    const seen = new Map<string, string>();
    for (const [field, each] of Object.entries<unknown>(given)) {
      // A field that is wrong is here as it was sent.
      for (const text of Array.isArray(each) ? each : []) {
        const key = String(text).toLowerCase();
        const other = seen.get(key);
        if (other !== undefined) {
          context.addIssue({ code: 'custom', path: [field], message: `"${key}" is the title of ${other} already` });
        }
        seen.set(key, field);
      }
    }
  })
  .transform((given): ColumnMapping => given)
  .meta({
    description:
      `The titles of the columns where they are not known ones: of ${[...REQUIRED_FIELDS, ...ADDRESS_FIELDS].join(', ')} ` +
      'a title each, or a list: up to 2 for governmentId (CPF and CNPJ), up to 5 for each field of the address.',
    example: { debtAmount: 'Saldo', governmentId: ['Doc. PF', 'Doc. PJ'] },
  });

/** The same as JSON in the field of a form. */
export const columnMappingText = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'must be JSON such as {"debtAmount":"Saldo"}' });
      return z.NEVER;
    }
  })
  .pipe(columnMapping);
