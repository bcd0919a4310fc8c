import type { ApiBodyOptions } from '@nestjs/swagger';
import { z } from 'zod';
import { MODES } from '#batches';
import { DEFAULT_PROFILE, PROFILE_RULES, PROFILES, REQUIRED_FIELDS } from '#debts-csv';
import { batchLinks } from '#contracts/http';

/*
 * What /docs shows of this app's answers. Requests are documented by the schemas that check them; a multipart body has
 * none, and is described here.
 */

const ID = '0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e';
const PUBLIC = 'https://billing.example.com';

const url = z.url();

export const batchSchema = z.object({
  id: z.uuid(),
  status: z.string().meta({ description: 'received, or further when the file was sent before' }),
  links: z.object({ self: url, events: url, results: url, rejections: url, exports: url, cancel: url }),
});

export const acceptedExample = { id: ID, status: 'received', links: batchLinks(PUBLIC, ID) };

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
