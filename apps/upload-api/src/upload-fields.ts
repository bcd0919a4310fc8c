import { createHash } from 'node:crypto';
import { z } from 'zod';
import { MODES, type Mode } from '#batches';
import { fieldProblems, fieldsInvalid } from '#http';
import {
  type ColumnMapping,
  type Delimiter,
  type DialectOverrides,
  DEFAULT_PROFILE,
  type Profile,
  PROFILES,
} from '#debts-csv';
import { columnMappingText } from '#contracts/http';

/** A tab is hard to type into a form: every delimiter has a name too. */
const DELIMITERS: ReadonlyMap<string, Delimiter> = new Map([
  [',', ','],
  ['comma', ','],
  [';', ';'],
  ['semicolon', ';'],
  ['\t', '\t'],
  ['tab', '\t'],
  ['|', '|'],
  ['pipe', '|'],
]);

/** The fields beside `file`. All have a default or are optional; they may stand before or after the file. */
const uploadFieldsSchema = z.strictObject({
  issuerId: z.uuid().toLowerCase().optional(),
  profile: z.enum(PROFILES).default(DEFAULT_PROFILE),
  mode: z.enum(MODES).default('process'),
  delimiter: z
    .string()
    .transform((name, context) => {
      const delimiter = DELIMITERS.get(name);
      if (delimiter !== undefined) return delimiter;
      context.addIssue({ code: 'custom', message: 'expected one of comma, semicolon, tab, pipe' });
      return z.NEVER;
    })
    .optional(),
  encoding: z.enum(['utf-8', 'windows-1252', 'cp850', 'macintosh']).optional(),
  decimal: z.enum(['.', ',']).optional(),
  date: z.enum(['iso', 'br', 'us']).optional(),
  mapping: columnMappingText.optional(),
});

export interface UploadFields {
  /** Undefined: the uploader left it to the default. */
  readonly issuerId: string | undefined;
  readonly profile: Profile;
  readonly mode: Mode;
  /** Only what was asked for. */
  readonly overrides: DialectOverrides;
}

/**
 * The fields as texts, understood. An empty one counts as one that was not sent, as browsers send unfilled inputs.
 * @throws ProblemError FIELD_INVALID naming every field that is wrong.
 */
export function parseUploadFields(texts: ReadonlyMap<string, string>): UploadFields {
  const given = Object.fromEntries([...texts].filter(([, text]) => text !== ''));
  const parsed = uploadFieldsSchema.safeParse(given);
  if (!parsed.success) throw fieldsInvalid(fieldProblems(parsed.error.issues));

  const { issuerId, profile, mode, delimiter, encoding, decimal, date, mapping } = parsed.data;
  const overrides = {
    ...(delimiter === undefined ? {} : { delimiter }),
    ...(encoding === undefined ? {} : { encoding }),
    ...(decimal === undefined ? {} : { decimal }),
    ...(date === undefined ? {} : { date }),
    ...(mapping === undefined ? {} : { mapping }),
  };
  return { issuerId, profile, mode, overrides };
}

/**
 * How a file is to be read, as one canonical text: the same bytes for the same issuer read the same way are one batch,
 * read another way they are another.
 */
export function readingOf({ mode, profile, overrides }: Omit<UploadFields, 'issuerId'>): string {
  const { delimiter, encoding, decimal, date } = overrides;
  const mapping = mappingKey(overrides.mapping);
  // JSON leaves out what is undefined, and keeps the order written here.
  return JSON.stringify({ mode, profile, delimiter, encoding, decimal, date, mapping });
}

/** What the file is read with: the mapping of the upload, which may be empty, or else that of its issuer. */
export function withMappingOf(overrides: DialectOverrides, issuers: ColumnMapping | undefined): DialectOverrides {
  const { mapping = issuers, ...others } = overrides;
  return mapping === undefined || Object.keys(mapping).length === 0 ? others : { ...others, mapping };
}

/**
 * Short, for the reading is part of an index. The fields of a mapping stand in one order, however they were sent or
 * stored.
 */
function mappingKey(mapping: ColumnMapping | undefined): string | undefined {
  if (mapping === undefined) return undefined;
  const canonical = Object.entries(mapping).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(canonical)).digest('hex');
}
