import { z } from 'zod';
import { EXPORT_FORMATS, MODES, ORGANIZATION_STATUSES } from '../../statuses.ts';
import { roles } from '../access/permissions.ts';

const count = z.int().min(0);
const instant = z.iso.datetime();
/** A word or a code of ours. */
const word = z.string().regex(/^[\w.:-]{1,60}$/);
const words = z.array(word).max(60);
const masked = z.string().max(80).meta({ description: 'Bank, agência and the end of the account.' });
/** The limits that were set, by their names. */
const limitsSet = z.record(word, z.int().min(1)).optional();
const nothing = z.strictObject({});
const role = z.enum(roles);
/** pwd, otp, rec, hwk, oidc, mfa: as `amr` names them. */
const method = word;

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
  'person',
  'session',
  'invitation',
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
  'person.setUp': {
    says: 'The first account was made, by the link of the terminal.',
    targets: ['person'],
    details: nothing,
  },
  'person.signedIn': {
    says: 'A person signed in.',
    targets: ['person'],
    details: z.strictObject({ methods: words }),
  },
  'person.signInRefused': {
    says: 'A proof was wrong: of a sign-in, or of a step-up. The actor of a sign-in is the system, because no person was proved.',
    targets: ['person'],
    details: z.strictObject({ method }),
  },
  'person.steppedUp': {
    says: 'A person that is signed in proved to be that person again.',
    targets: ['person'],
    details: z.strictObject({ methods: words }),
  },
  'person.signedOut': { says: 'A person signed out.', targets: ['person'], details: nothing },
  'person.passwordChanged': {
    says: 'A person changed the password; its other sessions ended.',
    targets: ['person'],
    details: nothing,
  },
  'person.passwordReset': {
    says: 'A person set a new password by a link; all its sessions ended.',
    targets: ['person'],
    details: nothing,
  },
  'person.factorAdded': {
    says: 'A second factor was added.',
    targets: ['person'],
    details: z.strictObject({ method }),
  },
  'person.factorRemoved': {
    says: 'A second factor was removed.',
    targets: ['person'],
    details: z.strictObject({ method }),
  },
  'person.recoveryCodes': { says: 'Recovery codes were made anew.', targets: ['person'], details: nothing },
  'person.identityLinked': {
    says: 'An identity of a provider was linked to a person, by an invitation. An account that was there before, and not signed in, lost what had proved it.',
    targets: ['person'],
    details: z.strictObject({ proofsForgotten: z.boolean() }),
  },
  'person.providerSignedOut': {
    says: 'The provider signed a person out: the sessions that began there ended.',
    targets: ['person'],
    details: z.strictObject({ sessions: count }),
  },
  'session.ended': { says: 'A person ended another session of its own.', targets: ['session'], details: nothing },
  'session.moved': {
    says: 'A session changed to this organization.',
    targets: ['session'],
    details: nothing,
  },
  'invitation.made': {
    says: 'An address was invited. `issuers` counts those that the person would see; null for all.',
    targets: ['invitation'],
    details: z.strictObject({ role, issuers: count.nullable() }),
  },
  'invitation.withdrawn': { says: 'An invitation was withdrawn.', targets: ['invitation'], details: nothing },
  'invitation.accepted': {
    says: 'An invitation was accepted: the person is a member now.',
    targets: ['invitation'],
    details: z.strictObject({ role }),
  },
  'member.changed': {
    says: 'The role, the issuers or the status of a member were changed.',
    targets: ['person'],
    details: z.strictObject({
      fields: words,
      roleBefore: role.optional(),
      role: role.optional(),
      statusBefore: word.optional(),
      status: word.optional(),
    }),
  },
  'member.signedOut': {
    says: 'An admin ended all sessions of a member in the organization.',
    targets: ['person'],
    details: z.strictObject({ sessions: count }),
  },
  'member.resetLinkMade': {
    says: 'An admin made a link with which a member sets a new password.',
    targets: ['person'],
    details: nothing,
  },
  'organization.created': {
    says: 'An organization was made; with the invitation of its first admin, if there is one.',
    targets: ['organization'],
    details: z.strictObject({ limits: limitsSet, invitationId: z.uuid().optional() }),
  },
  'organization.changed': {
    says: 'An organization was changed. A limit among the fields that has no number has its default again.',
    targets: ['organization'],
    details: z.strictObject({ fields: words, status: z.enum(ORGANIZATION_STATUSES).optional(), limits: limitsSet }),
  },
  'platform.granted': {
    says: 'A person was given the role of the platform, and left other organizations.',
    targets: ['organization'],
    details: z.strictObject({ userId: z.uuid(), left: z.array(z.uuid()).max(1_000) }),
  },
  'platform.ended': {
    says: 'The role of the platform was taken from a person.',
    targets: ['organization'],
    details: z.strictObject({ userId: z.uuid() }),
  },
  'request.denied': {
    says: 'A request was refused: by a key that has ended, or because a permission is missing. At most one a second and actor.',
    targets: ['route'],
    details: z.strictObject({ code: word, permission: word.optional(), reason: word.optional() }),
  },
} as const satisfies Record<string, ActionSpec>;

export type AuditAction = keyof typeof auditActions;

export const auditActionNames = Object.keys(auditActions) as readonly AuditAction[];
