import { z } from 'zod';
import { permissions } from '../access/permissions.ts';
import { pageOf, pageQuery } from '../page.ts';
import { byId, type RouteSpec } from '../route-spec.ts';
import { passkeyOptions, passkeyRegistration } from './auth.routes.ts';
import { anyRole, at, codeField, issuerIdsField, linkField, passwordField, signInStep } from './people.schema.ts';

const ID = '0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e';
const uuid = z.uuid().meta({ example: ID });
const organization = z.object({ id: uuid, name: z.string().meta({ example: 'Padaria do Largo' }) });

const me = z
  .object({
    user: z.object({ id: uuid, name: z.string().meta({ example: 'Ana Prado' }), email: z.string() }),
    organization,
    role: anyRole,
    issuerIds: issuerIdsField,
    permissions: z.array(z.enum(permissions)).meta({ description: 'None without a second factor.' }),
    organizations: z.array(organization.extend({ role: anyRole })).meta({ description: 'Where the person may work.' }),
    factors: z.object({
      password: z.boolean(),
      totp: z.boolean(),
      passkeys: z.int().min(0),
      recoveryCodesLeft: z.int().min(0),
    }),
    session: z.object({
      hasTwoFactors: z.boolean(),
      provenAt: at('When the person last proved all factors.'),
      stepUpUntil: at('Until then no step-up is asked for.'),
      endsAt: at('It ends sooner if no request comes.'),
    }),
  })
  .meta({ id: 'Me' });

export type MeView = z.output<typeof me>;

export const organizationChoice = z
  .strictObject({ organizationId: z.uuid() })
  .meta({ id: 'OrganizationChoice', example: { organizationId: ID } });

export const passwordChange = z
  .strictObject({
    current: passwordField.optional().meta({ description: 'Needed of a person that has a password.' }),
    password: passwordField,
  })
  .meta({
    id: 'PasswordChange',
    example: { current: 'correct horse battery staple', password: 'three tired tigers ate' },
  });

const sessionView = z
  .object({
    id: uuid,
    createdAt: at('The sign-in.'),
    seenAt: at('The last request, to the minute.'),
    endsAt: at('It ends sooner if no request comes.'),
    isThis: z.boolean().meta({ description: 'The one that asks.' }),
    methods: z.array(z.string()).meta({ description: 'How the person signed in (amr).', example: ['pwd', 'otp'] }),
    ip: z.string().nullable().meta({ example: '192.0.2.7' }),
    agent: z.string().nullable().meta({ description: 'What the browser calls itself.', example: 'Firefox' }),
  })
  .meta({ id: 'Session' });

export type SessionView = z.output<typeof sessionView>;

const passkeyView = z
  .object({
    id: uuid,
    name: z.string().meta({ example: 'phone' }),
    createdAt: at('When it was added.'),
    lastUsedAt: at('When it last signed the person in.').nullable(),
  })
  .meta({ id: 'Passkey' });

export type PasskeyView = z.output<typeof passkeyView>;

export const ownListQuery = z.strictObject(pageQuery({ limitMax: 100, limitDefault: 100 }));

const totpSecret = z
  .object({
    secret: z.string().meta({ description: 'To type into the app.', example: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ' }),
    uri: z.string().meta({ description: 'To show as a QR code.', example: 'otpauth://totp/Smart%20Billing:ana…' }),
  })
  .meta({ id: 'TotpSecret' });

export const totpConfirmation = z
  .strictObject({ code: codeField })
  .meta({ id: 'TotpConfirmation', example: { code: '123456' } });

const codes = z.array(z.string()).meta({
  description: 'Ten codes for the day the app is lost. Told once; each works once.',
  example: ['ABCD-EFGH-IJKL-MNOP-QRST-UVWX'],
});
const recoveryCodes = z.object({ recoveryCodes: codes }).meta({ id: 'RecoveryCodes' });
const totpConfirmed = z.object({ next: signInStep.shape.next, recoveryCodes: codes }).meta({ id: 'TotpConfirmed' });

export const linkOfInvitation = z
  .strictObject({ token: linkField })
  .meta({ id: 'OwnInvitation', example: { token: 'Zk3…' } });

const removed = z.object({ removed: z.literal(true) }).meta({ id: 'Removed', example: { removed: true } });
const changed = z.object({ changed: z.literal(true) }).meta({ id: 'Changed', example: { changed: true } });
const joined = z.object({ organizationId: uuid, role: anyRole }).meta({ id: 'Joined' });

const common = { servedBy: 'billing-api', tag: 'me', access: { needs: 'session' } } as const;
/** A change of the means to sign in needs a fresh proof. */
const dangerous = { ...common, access: { needs: 'session', stepUp: true } } as const;

export const meRoutes = {
  'GET /v1/me': {
    ...common,
    operationId: 'getMe',
    summary: 'The person that is signed in, and what that person may do',
    answers: { 200: { description: 'The person', schema: me } },
  },
  'PUT /v1/me/organization': {
    ...common,
    operationId: 'chooseOrganization',
    summary: 'Work in another organization',
    body: organizationChoice,
    answers: { 200: { description: 'Chosen; with a new cookie', schema: changed } },
    refusals: { 401: ['SIGN_IN_EXPIRED'], 404: ['ORGANIZATION_NOT_FOUND'] },
  },
  'PUT /v1/me/password': {
    ...dangerous,
    operationId: 'changePassword',
    summary: 'Set a new password; every other session ends',
    body: passwordChange,
    answers: { 200: { description: 'Changed', schema: changed } },
    refusals: { 401: ['SIGN_IN_REFUSED'], 429: ['SIGN_IN_DELAYED'], 503: ['SIGN_INS_FULL'] },
  },
  'GET /v1/me/sessions': {
    ...common,
    operationId: 'listSessions',
    summary: 'Where the person is signed in, the newest first',
    query: ownListQuery,
    answers: { 200: { description: 'The sessions', schema: pageOf(sessionView).meta({ id: 'SessionPage' }) } },
  },
  'DELETE /v1/me/sessions/{id}': {
    ...common,
    operationId: 'endSession',
    summary: 'End one session of the person',
    params: byId,
    answers: { 200: { description: 'Ended', schema: removed } },
    refusals: { 404: ['SESSION_NOT_FOUND'] },
  },
  'POST /v1/me/totp': {
    ...dangerous,
    operationId: 'beginTotp',
    summary: 'Begin with an authenticator app',
    description: 'Nothing is asked for until the first code was right.',
    answers: { 200: { description: 'What the app needs; told once', schema: totpSecret } },
    refusals: { 409: ['TOTP_EXISTS'] },
  },
  'POST /v1/me/totp/confirm': {
    ...dangerous,
    operationId: 'confirmTotp',
    summary: 'Prove that the app gives the right codes',
    body: totpConfirmation,
    answers: { 201: { description: 'From now on its codes are asked for; with a new cookie', schema: totpConfirmed } },
    refusals: {
      401: ['SIGN_IN_REFUSED', 'SIGN_IN_EXPIRED'],
      409: ['TOTP_EXISTS', 'TOTP_NOT_BEGUN'],
      429: ['SIGN_IN_DELAYED'],
    },
  },
  'DELETE /v1/me/totp': {
    ...dangerous,
    operationId: 'removeTotp',
    summary: 'Take the authenticator app away, with its recovery codes',
    answers: { 200: { description: 'Removed; every other session ended', schema: removed } },
    refusals: { 401: ['SIGN_IN_EXPIRED'], 409: ['TOTP_MISSING'] },
  },
  'POST /v1/me/recovery-codes': {
    ...dangerous,
    operationId: 'makeRecoveryCodes',
    summary: 'Make ten new recovery codes in place of those before',
    answers: { 201: { description: 'The codes; told once', schema: recoveryCodes } },
    refusals: { 401: ['SIGN_IN_EXPIRED'], 409: ['TOTP_MISSING'] },
  },
  'GET /v1/me/passkeys': {
    ...common,
    operationId: 'listPasskeys',
    summary: 'The passkeys of the person',
    query: ownListQuery,
    answers: { 200: { description: 'The passkeys', schema: pageOf(passkeyView).meta({ id: 'PasskeyPage' }) } },
  },
  'POST /v1/me/passkeys/options': {
    ...dangerous,
    operationId: 'beginPasskey',
    summary: 'Options for navigator.credentials.create()',
    answers: { 200: { description: 'The options, with a cookie for the answer', schema: passkeyOptions } },
    refusals: { 409: ['PASSKEYS_UNAVAILABLE', 'PASSKEYS_FULL'] },
  },
  'POST /v1/me/passkeys': {
    ...dangerous,
    operationId: 'addPasskey',
    summary: 'Keep the passkey that the browser has made',
    body: passkeyRegistration,
    answers: { 201: { description: 'Kept; with a new cookie', schema: signInStep } },
    refusals: { 401: ['SIGN_IN_REFUSED', 'SIGN_IN_EXPIRED'], 409: ['PASSKEY_EXISTS', 'PASSKEYS_UNAVAILABLE'] },
  },
  'DELETE /v1/me/passkeys/{id}': {
    ...dangerous,
    operationId: 'removePasskey',
    summary: 'Take a passkey away',
    params: byId,
    answers: { 200: { description: 'Removed; every other session ended', schema: removed } },
    refusals: { 404: ['PASSKEY_NOT_FOUND'] },
  },
  'POST /v1/me/invitations': {
    ...common,
    operationId: 'acceptOwnInvitation',
    summary: 'Accept an invitation with the account that is signed in',
    body: linkOfInvitation,
    answers: { 200: { description: 'A member now; PUT /v1/me/organization goes there', schema: joined } },
    refusals: { 404: ['LINK_INVALID'], 409: ['ALREADY_MEMBER', 'LIMIT_REACHED', 'ROLE_OF_PLATFORM'] },
  },
} as const satisfies Record<string, RouteSpec>;
