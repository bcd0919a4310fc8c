import { z } from 'zod';
import { pageOf, pageQuery } from '../page.ts';
import { byId, type RouteSpec } from '../route-spec.ts';
import { oneLine } from '../texts.ts';
import { keyPermissions } from './permissions.ts';

/** A key has 58 characters. */
const KEY_CHARS_MAX = 100;

export const leakedKey = z
  .strictObject({ key: z.string().max(KEY_CHARS_MAX) })
  .meta({ id: 'LeakedKey', example: { key: 'sbk_live_…' } });

const leakedKeyEnded = z
  .object({
    ended: z.boolean().meta({ description: 'False for a key that never was or has ended already.' }),
  })
  .meta({ id: 'LeakedKeyEnded', example: { ended: true } });

export type LeakedKey = z.output<typeof leakedKey>;
export type LeakedKeyEnded = z.output<typeof leakedKeyEnded>;

const NAME_CHARS_MAX = 120;
const ISSUERS_MAX = 1_000;
const NETWORKS_MAX = 100;
const DAYS_MAX = 400;
const DAYS_DEFAULT = 365;
const GRACE_HOURS_MAX = 168;

const uuid = z.uuid().meta({ example: '0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e' });
const instantOf = (description: string) => z.iso.datetime().meta({ description, example: '2026-11-29T12:00:00.000Z' });

export const keyRequest = z
  .strictObject({
    name: oneLine().trim().min(1).max(NAME_CHARS_MAX),
    scopes: z
      .array(z.enum(keyPermissions))
      .min(1)
      .max(keyPermissions.length)
      .meta({ description: 'None that its maker does not have.' }),
    issuerIds: z
      .array(z.uuid())
      .min(1)
      .max(ISSUERS_MAX)
      .nullable()
      .default(null)
      .meta({ description: 'The issuers it may act for; null for all that its maker sees.' }),
    cidrs: z
      .array(z.union([z.cidrv4(), z.cidrv6()]))
      .min(1)
      .max(NETWORKS_MAX)
      .nullable()
      .default(null)
      .meta({ description: 'The networks it may call from; null for all.' }),
    expiresInDays: z.int().min(1).max(DAYS_MAX).default(DAYS_DEFAULT),
  })
  .meta({ id: 'KeyRequest', example: { name: 'ERP', scopes: ['batches:read', 'batches:write'], expiresInDays: 365 } });

export type KeyRequestBody = z.output<typeof keyRequest>;

const keyFields = {
  id: uuid,
  name: z.string().meta({ example: 'ERP' }),
  hint: z.string().meta({ description: 'Its first and last characters.', example: 'sbk_live_Ab3d…x9Kz' }),
  scopes: z.array(z.string()).meta({ example: ['batches:read'] }),
  issuerIds: z.array(z.uuid()).nullable().meta({ example: null }),
  cidrs: z.array(z.string()).nullable().meta({ example: null }),
  createdBy: uuid.nullable().meta({ description: 'The person that made it; null for a script.' }),
  createdAt: instantOf('When it was made.'),
  expiresAt: instantOf('It works until then.'),
  revokedAt: instantOf('When it was ended.').nullable(),
  replaces: uuid.nullable().meta({ description: 'The key that was rotated into this one.' }),
  lastUsedAt: instantOf('Its last use, to the minute.').nullable(),
  makerStatus: z.enum(['active', 'suspended', 'ended']).nullable().meta({
    description: 'Whether its maker is a member. Unless active, the key is refused. Null for a key of a script.',
    example: 'active',
  }),
  usable: z.object({ scopes: z.array(z.string()), issuerIds: z.array(z.uuid()).nullable() }).meta({
    description: 'Its scopes and issuers, as far as its maker has them today: a key may do no more than its maker.',
    example: { scopes: ['batches:read'], issuerIds: null },
  }),
};
const apiKey = z.object(keyFields).meta({ id: 'ApiKey' });

const madeKey = z
  .object({
    id: uuid,
    hint: keyFields.hint,
    secret: z.string().meta({ description: 'The key. Told once, and stored nowhere.', example: 'sbk_live_…' }),
    createdAt: keyFields.createdAt,
    expiresAt: keyFields.expiresAt,
  })
  .meta({ id: 'MadeApiKey' });

export type ApiKeyView = z.output<typeof apiKey>;
export type MadeApiKeyView = z.output<typeof madeKey>;

export const keyListQuery = z.strictObject(pageQuery({ limitMax: 200, limitDefault: 100 }));

export const keyRotation = z
  .strictObject({
    graceHours: z.int().min(0).max(GRACE_HOURS_MAX).meta({ description: 'For so long the old one still works.' }),
  })
  .meta({ id: 'KeyRotation', example: { graceHours: 24 } });

const keyEnded = z.object({ ended: z.literal(true) }).meta({ id: 'ApiKeyEnded', example: { ended: true } });

const managed = {
  servedBy: 'billing-api',
  tag: 'API keys',
  access: { needs: 'keys:manage', stepUp: true },
} as const;

export const keyRoutes = {
  'GET /v1/api-keys': {
    ...managed,
    operationId: 'listApiKeys',
    summary: 'The API keys of the organization, ended ones too',
    query: keyListQuery,
    answers: { 200: { description: 'One page, by id', schema: pageOf(apiKey).meta({ id: 'ApiKeyPage' }) } },
  },
  'POST /v1/api-keys': {
    ...managed,
    operationId: 'makeApiKey',
    summary: 'Make an API key',
    body: keyRequest,
    answers: { 201: { description: 'Made; its text is told this once', schema: madeKey } },
    refusals: { 403: ['SCOPE_BEYOND_MAKER'], 409: ['LIMIT_REACHED'] },
  },
  'POST /v1/api-keys/{id}/rotate': {
    ...managed,
    operationId: 'rotateApiKey',
    summary: 'Give an API key a new text',
    description:
      'The old text works for the grace that is given, so that its users can change over one by one. In the grace both ' +
      'count as keys that work; with a grace of 0 the limit of keys is no hindrance.',
    params: byId,
    body: keyRotation,
    answers: { 201: { description: 'The new key; its text is told this once', schema: madeKey } },
    refusals: { 403: ['SCOPE_BEYOND_MAKER'], 404: ['API_KEY_NOT_FOUND'], 409: ['LIMIT_REACHED'] },
  },
  'DELETE /v1/api-keys/{id}': {
    ...managed,
    operationId: 'endApiKey',
    summary: 'End an API key',
    description: 'It stops working within five seconds.',
    params: byId,
    answers: { 200: { description: 'Ended', schema: keyEnded } },
    refusals: { 404: ['API_KEY_NOT_FOUND'] },
  },
  'POST /v1/api-keys/leaked': {
    servedBy: 'billing-api',
    tag: 'API keys',
    access: { anonymous: 'a finder of a key can do nothing with this but end it' },
    limit: 'leakedKeys',
    operationId: 'endLeakedKey',
    summary: 'End an API key that was found where it should not be',
    description: 'The key itself is the proof. It stops working within five seconds. Ten a minute from one address.',
    body: leakedKey,
    answers: { 200: { description: 'Whether a key was ended.', schema: leakedKeyEnded } },
  },
} as const satisfies Record<string, RouteSpec>;
