import { createHash } from 'node:crypto';
import type { Mode } from '#contracts';
import { uploadFields } from '#contracts/http';
import type { ColumnMapping, DialectOverrides, Profile } from '#debts-csv';
import { fieldProblems, fieldsInvalid } from '#http';

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
  const parsed = uploadFields.safeParse(given);
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

/** The overrides for reading the file: the mapping of the upload, which may be empty, or else that of its issuer. */
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
