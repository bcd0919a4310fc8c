import type { ApiBodyOptions, ApiResponseOptions } from '@nestjs/swagger';
import { z } from 'zod';
import { MODES } from '#batches';
import { problemSchema } from '#http';
import { DEFAULT_PROFILE, PROFILE_RULES, PROFILES, REQUIRED_FIELDS } from '#debts-csv';
import { batchLinks, exportLinks } from './links.ts';

/*
 * What /docs shows of this app's answers. Requests are documented by the schemas that check them; a multipart body has
 * none, and is described here.
 */

const ID = '0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e';
const BASES = { UPLOAD_API_URL: 'https://upload.example.com', BILLING_API_URL: 'https://api.example.com' };

const url = z.url();

export const batchSchema = z.object({
  id: z.uuid(),
  status: z.string().meta({ description: 'received, or further when the file was sent before' }),
  links: z.object({ self: url, events: url, results: url, rejections: url, exports: url, cancel: url }),
});

export const acceptedExample = { id: ID, status: 'received', links: batchLinks(BASES, ID) };

const count = z.int().nonnegative();

export const cancelledSchema = batchSchema.extend({
  status: z.literal('cancelled'),
  done: z
    .object({
      rows: z.object({ read: count.nullable(), accepted: count, duplicate: count, rejected: count, dead: count }),
      boletos: z.object({ issued: count }),
      notifications: z.object({ sent: count, failed: count }),
    })
    .meta({ description: 'What was done before; it stays done.' }),
});

export const cancelledExample = {
  id: ID,
  status: 'cancelled',
  done: {
    rows: { read: 10_000, accepted: 4_850, duplicate: 50, rejected: 100, dead: 0 },
    boletos: { issued: 4_000 },
    notifications: { sent: 3_950, failed: 2 },
  },
  links: batchLinks(BASES, ID),
};

export const exportSchema = z.object({
  id: z.uuid(),
  status: z.enum(['requested', 'running', 'completed', 'failed']),
  links: z.object({ self: url, download: url }),
});

export const exportExample = { id: ID, status: 'requested', links: exportLinks(BASES, ID) };

export const uploadBody: ApiBodyOptions = {
  description:
    `Columns ${REQUIRED_FIELDS.join(', ')} in any order, or their Portuguese names. ` +
    'The fields may stand before or after the file.',
  schema: {
    type: 'object',
    required: ['file'],
    properties: {
      file: { type: 'string', format: 'binary', description: 'The CSV.' },
      issuerId: {
        type: 'string',
        format: 'uuid',
        description: 'Who is owed. Optional when there is a default issuer.',
      },
      profile: {
        type: 'string',
        enum: [...PROFILES],
        default: DEFAULT_PROFILE,
        description: PROFILES.map(
          (profile) => `${profile}: ${PROFILE_RULES[profile].document}; due date ${PROFILE_RULES[profile].dueDate}.`,
        ).join(' '),
      },
      mode: {
        type: 'string',
        enum: [...MODES],
        default: 'process',
        description: 'validate: say what would be rejected, and issue nothing.',
      },
      delimiter: {
        type: 'string',
        enum: [',', ';', '|', 'comma', 'semicolon', 'pipe', 'tab'],
        description: 'Detected unless given.',
      },
      encoding: {
        type: 'string',
        enum: ['utf-8', 'windows-1252', 'cp850', 'macintosh'],
        description: 'Detected unless given.',
      },
      decimal: { type: 'string', enum: ['.', ','], description: 'Detected unless given.' },
      date: {
        type: 'string',
        enum: ['iso', 'br', 'us'],
        description: '2026-12-31, 31/12/2026 or 12/31/2026. Detected unless given.',
      },
      mapping: {
        type: 'string',
        maxLength: 4096,
        description:
          'JSON: the title of the column of each field whose title is not a known one, or a list of them: two for ' +
          'governmentId (CPF and CNPJ), up to five for a field of the address. It replaces the mapping of the issuer; ' +
          '{} is none.',
        example: '{"debtAmount":"Saldo","governmentId":["Doc. PF","Doc. PJ"]}',
      },
    },
  },
};

/** One status and the codes it may come with. */
export function problemResponse(status: number, codes: readonly string[]): ApiResponseOptions {
  return { status, description: codes.join(' · '), standardSchema: problemSchema };
}
