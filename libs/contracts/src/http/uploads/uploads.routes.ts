import { z } from 'zod';
import { DEFAULT_PROFILE, PROFILE_RULES, PROFILES, REQUIRED_FIELDS, type Delimiter } from '#debts-csv';
import { MODES } from '../../statuses.ts';
import { acceptedBatch } from '../batches/batches.schema.ts';
import { BACK_PRESSURE_CODES, type RouteSpec } from '../route-spec.ts';
import { columnMappingText } from './column-mapping.ts';
import { uploadProblemCodes } from './upload-problems.ts';

const MAPPING_CHARS_MAX = 4_096;

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
export const uploadFields = z.strictObject({
  issuerId: z
    .uuid()
    .toLowerCase()
    .optional()
    .meta({ description: 'The issuer that is owed. Optional when there is a default issuer.' }),
  profile: z
    .enum(PROFILES)
    .default(DEFAULT_PROFILE)
    .meta({
      description: PROFILES.map(
        (profile) => `${profile}: ${PROFILE_RULES[profile].document}; due date ${PROFILE_RULES[profile].dueDate}.`,
      ).join(' '),
    }),
  mode: z
    .enum(MODES)
    .default('process')
    .meta({ description: 'validate: say what would be rejected, and issue nothing.' }),
  delimiter: z
    .string()
    .transform((name, context) => {
      const delimiter = DELIMITERS.get(name);
      if (delimiter !== undefined) return delimiter;
      context.addIssue({ code: 'custom', message: 'expected one of comma, semicolon, tab, pipe' });
      return z.NEVER;
    })
    .optional()
    .meta({
      enum: [...DELIMITERS.keys()].filter((name) => name !== '\t'),
      description: 'Detected unless given.',
    }),
  encoding: z
    .enum(['utf-8', 'windows-1252', 'cp850', 'macintosh'])
    .optional()
    .meta({ description: 'Detected unless given.' }),
  decimal: z.enum(['.', ',']).optional().meta({ description: 'Detected unless given.' }),
  date: z
    .enum(['iso', 'br', 'us'])
    .optional()
    .meta({ description: '2026-12-31, 31/12/2026 or 12/31/2026. Detected unless given.' }),
  mapping: columnMappingText.optional().meta({
    maxLength: MAPPING_CHARS_MAX,
    description:
      'JSON: the title of the column of each field whose title is not a known one, or a list of them: two for ' +
      'governmentId (CPF and CNPJ), up to five for a field of the address. It replaces the mapping of the issuer; ' +
      '{} is none.',
    example: '{"debtAmount":"Saldo","governmentId":["Doc. PF","Doc. PJ"]}',
  }),
});

const uploadForm = uploadFields.extend({ file: z.file().meta({ description: 'The CSV.' }) }).meta({
  id: 'Upload',
  description:
    `Columns ${REQUIRED_FIELDS.join(', ')} in any order, or their Portuguese names. ` +
    'The fields may stand before or after the file.',
});

export const uploadRoutes = {
  'POST /v1/batches': {
    servedBy: 'upload-api',
    tag: 'batches',
    access: { needs: 'batches:write' },
    limit: 'uploads',
    operationId: 'uploadBatch',
    summary: 'Send a file of debts',
    description:
      'Streams: the size of the file costs no memory. The same bytes for the same issuer, read the same way, ' +
      'are one batch: sent again they answer 200 with the first one, and nothing is issued or e-mailed twice.',
    form: uploadForm,
    answers: {
      200: { description: 'Sent before: the first batch', schema: acceptedBatch },
      202: { description: 'Taken', schema: acceptedBatch },
    },
    refusals: {
      400: ['FIELD_INVALID', ...uploadProblemCodes(400)],
      408: uploadProblemCodes(408),
      409: ['LIMIT_REACHED'],
      413: uploadProblemCodes(413),
      415: uploadProblemCodes(415),
      422: uploadProblemCodes(422),
      429: ['CLIENT_UPLOADS_FULL', 'QUOTA_EXCEEDED'],
      503: ['UPLOADS_FULL', 'STORAGE_FULL', ...BACK_PRESSURE_CODES],
    },
  },
} as const satisfies Record<string, RouteSpec>;
