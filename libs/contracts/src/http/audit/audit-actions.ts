import { z } from 'zod';
import { EXPORT_FORMATS, MODES } from '../../statuses.ts';

const count = z.int().min(0);
const instant = z.iso.datetime();
/** A word or a code of ours. */
const word = z.string().regex(/^[\w.:-]{1,60}$/);
const words = z.array(word).max(60);
const masked = z.string().max(80).meta({ description: 'Bank, agência and the end of the account.' });
const nothing = z.strictObject({});

/** The kinds of what an action is done to. */
export const AUDIT_TARGETS = [
  'batch',
  'boleto',
  'export',
  'issuer',
  'proposal',
  'dead letter',
  'dead letter action',
  'stage',
  'key',
  'route',
  'organization',
] as const;

type AuditTarget = (typeof AUDIT_TARGETS)[number];

interface ActionSpec {
  readonly says: string;
  /** The things that it is done to. */
  readonly targets: readonly AuditTarget[];
  /** Ids, numbers, codes and instants. No personal data: an event is kept for years and never erased. */
  readonly details: z.ZodObject;
}

/** Everything that is put on record. A name is stored: never reuse or rename one. */
export const auditActions = {
  'batch.uploaded': {
    says: 'A file was accepted.',
    targets: ['batch'],
    details: z.strictObject({ issuerId: z.uuid(), bytes: count, mode: z.enum(MODES), sha256: z.hash('sha256') }),
  },
  'batch.cancelled': { says: 'A batch was cancelled.', targets: ['batch'], details: nothing },
  'csv.downloaded': {
    says: 'A list was downloaded.',
    targets: ['batch'],
    details: z.strictObject({ file: z.enum(['results', 'rejections', 'duplicates']) }),
  },
  'audit.downloaded': { says: 'Events of the audit were downloaded.', targets: ['organization'], details: nothing },
  'export.requested': {
    says: 'An export was asked for, and is being made.',
    targets: ['export'],
    details: z.strictObject({ batchId: z.uuid(), format: z.enum(EXPORT_FORMATS) }),
  },
  'export.downloaded': {
    says: 'The file of an export was downloaded, or a part of it.',
    targets: ['export'],
    details: z.strictObject({ batchId: z.uuid(), format: z.enum(EXPORT_FORMATS), offset: count, bytes: count }),
  },
  'pii.shown': {
    says: 'Personal data of debtors was shown unmasked.',
    targets: ['boleto', 'batch', 'dead letter'],
    details: z.strictObject({ fields: words }),
  },
  'issuer.created': {
    says: 'An issuer was registered. Without a proposalId no second person approved it.',
    targets: ['issuer'],
    details: z.strictObject({ account: masked, version: count, proposalId: z.uuid().optional() }),
  },
  'issuer.changed': {
    says: 'An issuer was changed; with the old and the new account, if that is another.',
    targets: ['issuer'],
    details: z.strictObject({
      fields: words,
      version: count,
      accountBefore: masked.optional(),
      accountAfter: masked.optional(),
      proposalId: z.uuid().optional(),
    }),
  },
  'issuer.proposed': {
    says: 'A new issuer, or a change of the payee, waits for a second person.',
    targets: ['proposal'],
    details: z.strictObject({ issuerId: z.uuid().optional(), fields: words }),
  },
  'issuer.refused': { says: 'A proposal of an issuer was refused.', targets: ['proposal'], details: nothing },
  'deadletters.replayed': {
    says: 'A replay of dead letters began. The action lists its letters.',
    targets: ['dead letter action'],
    details: z.strictObject({ matched: count }),
  },
  'deadletters.discarded': {
    says: 'Dead letters are being put aside.',
    targets: ['dead letter action'],
    details: z.strictObject({ matched: count }),
  },
  'deadletters.restored': {
    says: 'Discarded dead letters are being opened again.',
    targets: ['dead letter action'],
    details: z.strictObject({ matched: count }),
  },
  'stage.paused': { says: 'A stage was paused.', targets: ['stage'], details: nothing },
  'stage.resumed': { says: 'A stage was resumed.', targets: ['stage'], details: nothing },
  'key.created': {
    says: 'A key was made.',
    targets: ['key'],
    details: z.strictObject({ scopes: words, issuerIds: z.array(z.uuid()).max(50).optional(), expiresAt: instant }),
  },
  'key.rotated': {
    says: 'A key was replaced, and ends after its grace.',
    targets: ['key'],
    details: z.strictObject({ replacedBy: z.uuid(), endsAt: instant }),
  },
  'key.revoked': { says: 'A key was ended.', targets: ['key'], details: nothing },
  'key.expiring': {
    says: 'A key ends within so many days: 30, 7 or 1. Once for each.',
    targets: ['key'],
    details: z.strictObject({ days: count, expiresAt: instant }),
  },
  'key.leaked': { says: 'A key was reported as leaked, and is ended.', targets: ['key'], details: nothing },
  'request.denied': {
    says: 'A request was refused: by a key that has ended, or because a permission is missing. At most one a second and actor.',
    targets: ['route'],
    details: z.strictObject({ code: word, permission: word.optional(), reason: word.optional() }),
  },
} as const satisfies Record<string, ActionSpec>;

export type AuditAction = keyof typeof auditActions;

export const auditActionNames = Object.keys(auditActions) as readonly AuditAction[];
