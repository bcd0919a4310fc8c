import { z } from 'zod';
import { csvQuery } from '../batches/batches.schema.ts';
import { pageOf, pageQuery } from '../page.ts';
import type { RouteSpec } from '../route-spec.ts';
import { instant } from '../texts.ts';
import { AUDIT_TARGETS, auditActionNames } from './audit-actions.ts';

const eventId = z.string().regex(/^[1-9]\d{0,17}$/);
const digest = z.hash('sha256');

const filterFields = {
  from: instant.optional().meta({ description: 'Happened at this instant or later.' }),
  to: instant.optional().meta({ description: 'Happened before this instant.' }),
  actor: z.uuid().optional().meta({ description: 'The id of the person or key that acted.' }),
  action: z.enum(auditActionNames).optional(),
};

const plane = z
  .enum(['organization', 'platform'])
  .optional()
  .meta({
    description:
      'Whose events: those of the organization of the caller, or those that concern the whole installation. ' +
      'Without it, the first of the two that the caller may see.',
  });

/** True if both ends of a time can hold an event. Instants that are written again in UTC compare as texts. */
function isInOrder({ from, to }: { readonly from?: string | undefined; readonly to?: string | undefined }): boolean {
  return from === undefined || to === undefined || from <= to;
}

const IN_ORDER = { path: ['to'], message: 'must not be before `from`' };

export const auditEventQuery = z
  .strictObject({ ...filterFields, plane, ...pageQuery({ limitMax: 500, limitDefault: 100 }) })
  .refine(isInOrder, IN_ORDER);

export const auditCsvQuery = z.strictObject({ ...filterFields, plane, ...csvQuery.shape }).refine(isInOrder, IN_ORDER);

export const auditSealQuery = z.strictObject({ plane, ...pageQuery({ limitMax: 50, limitDefault: 20 }) });

const event = z
  .object({
    id: eventId,
    at: z.iso.datetime().meta({ description: 'To the microsecond.' }),
    organizationId: z.uuid().nullable().meta({ description: 'Null for what concerns the whole installation.' }),
    actorKind: z.enum(['person', 'key', 'system']),
    actorId: z.uuid().nullable().meta({ description: 'Null for the system itself.' }),
    action: z.enum(auditActionNames),
    targetKind: z.enum(AUDIT_TARGETS).nullable(),
    targetId: z.string().nullable(),
    requestId: z.string().nullable().meta({
      description:
        'A UUID: X-Request-Id of the request, or `recordId` of its log lines where the client sent another text.',
    }),
    network: z.string().nullable().meta({ description: 'The /24 or /48 of the address of the caller.' }),
    outcome: z.enum(['ok', 'denied', 'failed']),
    details: z.record(z.string(), z.unknown()).meta({ description: 'Ids and numbers, by action: docs/security.md.' }),
  })
  .meta({
    id: 'AuditEvent',
    example: {
      id: '17',
      at: '2026-11-21T10:00:00.123456Z',
      organizationId: '00000000-0000-4000-8000-000000000001',
      actorKind: 'key',
      actorId: '0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e',
      action: 'batch.cancelled',
      targetKind: 'batch',
      targetId: '0190f5a6-7c1e-7c3a-9d2e-000000000001',
      requestId: '6f1f4b0e-51f5-4f0c-9a55-2f4f0d9f2f10',
      network: '203.0.113.0/24',
      outcome: 'ok',
      details: {},
    },
  });

const eventPage = pageOf(event).meta({ id: 'AuditEventPage' });

const HASH = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

const seal = z
  .object({
    seq: z.int().min(1).meta({ description: 'Counts the seals of a chain, from 1.' }),
    at: z.iso.datetime().meta({ description: 'To the microsecond.' }),
    prev: digest.meta({ description: 'The root of the seal before; zeros for the first.' }),
    root: digest,
    events: z.array(z.object({ id: eventId, digest })).meta({ description: 'What it seals, 1 to 500 events.' }),
  })
  .meta({
    id: 'AuditSeal',
    example: {
      seq: 1,
      at: '2026-11-21T10:00:01.000000Z',
      prev: '0'.repeat(64),
      root: HASH,
      events: [{ id: '17', digest: HASH }],
    },
  });

const sealPage = pageOf(seal).meta({ id: 'AuditSealPage' });

export type AuditEventView = z.output<typeof event>;
export type AuditEventPage = z.output<typeof eventPage>;
export type AuditFilter = Pick<z.output<typeof auditCsvQuery>, keyof typeof filterFields>;
export type AuditPlane = z.output<typeof plane>;
export type AuditSealView = z.output<typeof seal>;
export type AuditSealPage = z.output<typeof sealPage>;

/** The columns of the events as a CSV. */
export const AUDIT_HEADER = [
  'id',
  'at',
  'organizationId',
  'actorKind',
  'actorId',
  'action',
  'targetKind',
  'targetId',
  'requestId',
  'network',
  'outcome',
  'details',
] as const satisfies readonly (keyof AuditEventView)[];

const common = { servedBy: 'billing-api', tag: 'audit' } as const;

export const auditRoutes = {
  'GET /v1/audit-events': {
    ...common,
    access: { needs: 'audit:read' },
    operationId: 'listAuditEvents',
    summary: 'What the callers of an organization did, newest first',
    query: auditEventQuery,
    answers: { 200: { description: 'One page.', schema: eventPage } },
  },
  'GET /v1/audit-events.csv': {
    ...common,
    access: { needs: 'audit:read' },
    operationId: 'downloadAuditEvents',
    summary: 'The same as a CSV',
    description: 'UTF-8, CRLF, RFC 4180, newest first. `details` is JSON.',
    query: auditCsvQuery,
    answers: {
      200: {
        description: 'The file.',
        files: {
          'text/csv': {
            example:
              `${AUDIT_HEADER.join(',')}\r\n` +
              '17,2026-11-21T10:00:00.123456Z,00000000-0000-4000-8000-000000000001,key,' +
              '0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e,batch.cancelled,batch,0190f5a6-7c1e-7c3a-9d2e-000000000001,' +
              '6f1f4b0e-51f5-4f0c-9a55-2f4f0d9f2f10,203.0.113.0/24,ok,{}\r\n',
          },
        },
      },
    },
    refusals: { 429: ['CLIENT_DOWNLOADS_FULL'], 503: ['DOWNLOADS_FULL'] },
  },
  'GET /v1/audit-seals': {
    ...common,
    access: { needs: 'audit:read' },
    operationId: 'listAuditSeals',
    summary: 'The seals of the events, oldest first',
    description:
      'The digest of an event is the SHA-256 of its JSON as GET /v1/audit-events answers it, without spaces and with ' +
      'the names of every object in the order of their UTF-16 units. A root is the SHA-256 of prev, the JSON ' +
      '`[seq,"at",["id",…]]` and the digests, one behind the other. The cursor of a page is the `seq` of its last ' +
      'seal. `npm run ops -- audit verify` recomputes them all.',
    query: auditSealQuery,
    answers: { 200: { description: 'One page.', schema: sealPage } },
  },
} as const satisfies Record<string, RouteSpec>;
