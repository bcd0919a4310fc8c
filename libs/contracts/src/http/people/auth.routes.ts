import { z } from 'zod';
import type { RouteSpec } from '../route-spec.ts';
import { oneLine } from '../texts.ts';
import {
  codeField,
  emailField,
  linkField,
  nameField,
  passwordField,
  recoveryCodeField,
  signInStep,
} from './people.schema.ts';

const CREDENTIAL_CHARS_MAX = 2_000;
const BLOB_CHARS_MAX = 20_000;

export const setupRequest = z
  .strictObject({
    token: linkField,
    name: nameField,
    email: emailField,
    organization: nameField,
    password: passwordField,
  })
  .meta({
    id: 'Setup',
    example: {
      token: 'Zk3…',
      name: 'Ana Prado',
      email: 'ana@example.com',
      organization: 'Padaria do Largo',
      password: 'correct horse battery staple',
    },
  });

export const passwordSignIn = z
  .strictObject({ email: emailField, password: passwordField })
  .meta({ id: 'PasswordSignIn', example: { email: 'ana@example.com', password: 'correct horse battery staple' } });

export const totpSignIn = z.strictObject({ code: codeField }).meta({ id: 'TotpSignIn', example: { code: '123456' } });

export const recoverySignIn = z
  .strictObject({ code: recoveryCodeField })
  .meta({ id: 'RecoverySignIn', example: { code: 'ABCD-EFGH-IJKL-MNOP-QRST-UVWX' } });

export const stepUpRequest = z
  .strictObject({ password: passwordField.optional(), code: codeField.optional() })
  .meta({ id: 'StepUp', example: { password: 'correct horse battery staple', code: '123456' } });

export const passwordReset = z
  .strictObject({
    token: linkField,
    password: passwordField,
    code: codeField.optional(),
    recoveryCode: recoveryCodeField.optional(),
  })
  .meta({ id: 'PasswordReset', example: { token: 'Zk3…', password: 'correct horse battery staple', code: '123456' } });

/** A value that the browser's `credential.toJSON()` gives (WebAuthn Level 3). */
const blob = z.string().max(BLOB_CHARS_MAX);
const credentialFields = {
  id: z.string().min(1).max(CREDENTIAL_CHARS_MAX),
  rawId: z.string().min(1).max(CREDENTIAL_CHARS_MAX),
  type: z.literal('public-key'),
  authenticatorAttachment: z.enum(['platform', 'cross-platform']).nullish(),
  clientExtensionResults: z.object({}).default({}),
};

export const passkeySignIn = z
  .object({
    ...credentialFields,
    response: z.object({
      authenticatorData: blob,
      clientDataJSON: blob,
      signature: blob,
      userHandle: blob.nullish(),
    }),
  })
  .meta({ id: 'PasskeySignIn', description: 'What the browser answers to the options, as JSON.' });

export const passkeyRegistration = z
  .strictObject({
    name: nameField,
    credential: z.object({
      ...credentialFields,
      response: z.object({
        attestationObject: blob,
        clientDataJSON: blob,
        transports: z.array(z.string().max(20)).max(10).optional(),
      }),
    }),
  })
  .meta({ id: 'PasskeyRegistration', description: 'A name, and what the browser answers to the options, as JSON.' });

/** The texts of WebAuthn's options are the browser's business. */
export const passkeyOptions = z.looseObject({ challenge: z.string() }).meta({
  id: 'PasskeyOptions',
  description: 'For parseRequestOptionsFromJSON or parseCreationOptionsFromJSON of the browser.',
  example: { challenge: 'q83vEjRWeJA', rpId: 'billing.example', userVerification: 'required' },
});

export const oidcStartQuery = z.strictObject({
  returnTo: oneLine().max(1_900).optional().meta({ description: 'The path to come back to; / unless given.' }),
});

/** Whatever a provider sends. The library reads it, and refuses what is not right. */
export const oidcCallbackQuery = z.looseObject({
  code: z.string().max(BLOB_CHARS_MAX).optional(),
  state: z.string().max(BLOB_CHARS_MAX).optional(),
});

/** A form, as the specification of back-channel logout has it. Fields that a provider adds are not read. */
export const providerLogout = z.object({ logout_token: z.string().min(1).max(BLOB_CHARS_MAX) }).meta({
  id: 'ProviderLogout',
  description: 'A logout token of the provider (OpenID Connect Back-Channel Logout 1.0).',
  example: { logout_token: 'eyJhbGciOiJSUzI1NiIsInR5cCI6ImxvZ291dCtqd3QifQ.…' },
});

const signedOut = z.object({ signedOut: z.literal(true) }).meta({ id: 'SignedOut', example: { signedOut: true } });

const passwordSet = z.object({ changed: z.literal(true) }).meta({ id: 'PasswordSet', example: { changed: true } });

const common = { servedBy: 'billing-api', tag: 'sign-in' } as const;
const step = { description: 'What comes next; with a cookie for it', schema: signInStep } as const;
const signsIn = { anonymous: 'It is the sign-in itself.' } as const;
const attempts = { 429: ['SIGN_IN_DELAYED'] } as const;

export const authRoutes = {
  'POST /v1/setup': {
    ...common,
    access: { anonymous: 'The link of the terminal is the proof, before there is any person.' },
    operationId: 'setUp',
    summary: 'Make the first person, with the link that the first start has printed',
    body: setupRequest,
    answers: { 200: step },
    refusals: { 404: ['LINK_INVALID'], 503: ['SIGN_INS_FULL'] },
  },
  'POST /v1/auth/password': {
    ...common,
    access: signsIn,
    operationId: 'signInWithPassword',
    summary: 'Sign in with an address and a password',
    description: 'An address without an account is answered alike, and as late.',
    body: passwordSignIn,
    answers: { 200: step },
    refusals: {
      401: ['SIGN_IN_REFUSED'],
      403: ['MEMBERSHIP_MISSING'],
      429: ['SIGN_IN_DELAYED', 'RATE_LIMITED'],
      503: ['SIGN_INS_FULL'],
    },
  },
  'POST /v1/auth/totp': {
    ...common,
    access: signsIn,
    operationId: 'signInWithCode',
    summary: 'Go on with the code of an authenticator app',
    body: totpSignIn,
    answers: { 200: step },
    refusals: { ...attempts, 401: ['SIGN_IN_REFUSED', 'SIGN_IN_EXPIRED'], 403: ['MEMBERSHIP_MISSING'] },
  },
  'POST /v1/auth/recovery': {
    ...common,
    access: signsIn,
    operationId: 'signInWithRecoveryCode',
    summary: 'Go on with a recovery code, which is used up',
    body: recoverySignIn,
    answers: { 200: step },
    refusals: { ...attempts, 401: ['SIGN_IN_REFUSED', 'SIGN_IN_EXPIRED'], 403: ['MEMBERSHIP_MISSING'] },
  },
  'POST /v1/auth/passkey/options': {
    ...common,
    access: signsIn,
    operationId: 'beginPasskeySignIn',
    summary: 'Options for navigator.credentials.get()',
    answers: { 200: { description: 'The options, with a cookie for the answer', schema: passkeyOptions } },
    refusals: { 409: ['PASSKEYS_UNAVAILABLE'] },
  },
  'POST /v1/auth/passkey': {
    ...common,
    access: signsIn,
    operationId: 'signInWithPasskey',
    summary: 'Sign in with a passkey; also as the second factor, or to step up',
    body: passkeySignIn,
    answers: { 200: step },
    refusals: {
      401: ['SIGN_IN_REFUSED', 'SIGN_IN_EXPIRED'],
      403: ['MEMBERSHIP_MISSING'],
      409: ['PASSKEYS_UNAVAILABLE'],
    },
  },
  'GET /v1/auth/oidc/start': {
    ...common,
    access: signsIn,
    operationId: 'beginProviderSignIn',
    summary: 'Go to the OpenID provider',
    query: oidcStartQuery,
    answers: { 302: { description: 'To the provider, with a cookie to come back with', isRedirect: true } },
    refusals: { 404: ['PROVIDER_MISSING'], 503: ['PROVIDER_AWAY'] },
  },
  'GET /v1/auth/oidc/callback': {
    ...common,
    access: signsIn,
    operationId: 'finishProviderSignIn',
    summary: 'Where the OpenID provider sends the browser back to',
    description: 'Without a session afterwards, POST /v1/auth/totp or a passkey goes on.',
    query: oidcCallbackQuery,
    answers: { 302: { description: 'To the page that was asked for', isRedirect: true } },
    refusals: {
      401: ['PROVIDER_REFUSED', 'SIGN_IN_EXPIRED'],
      403: ['EMAIL_DOMAIN_REFUSED', 'NOT_INVITED', 'MEMBERSHIP_MISSING'],
      404: ['PROVIDER_MISSING'],
      409: ['LIMIT_REACHED', 'ROLE_OF_PLATFORM'],
      503: ['PROVIDER_AWAY'],
    },
  },
  'POST /v1/auth/oidc/logout': {
    ...common,
    access: { anonymous: 'The signature of the provider is the proof.' },
    operationId: 'endProviderSessions',
    summary: 'Where the OpenID provider says that a person has signed out there',
    description:
      'Back-channel logout: the sessions that the person began with the provider end, in every organization. A token that ' +
      'names a session (sid) and no person (sub) is refused; one that names both ends all sessions of the person.',
    urlEncoded: providerLogout,
    answers: { 200: { description: 'Ended, or there was none', schema: signedOut } },
    refusals: { 400: ['LOGOUT_TOKEN_INVALID'], 404: ['PROVIDER_MISSING'], 503: ['PROVIDER_AWAY'] },
  },
  'POST /v1/auth/step-up': {
    ...common,
    access: { needs: 'session' },
    operationId: 'stepUp',
    summary: 'Prove again who is there, for ten minutes of what is dangerous',
    description:
      'With the password and, where there is an app, its code. Or sign in again with a passkey or the provider.',
    body: stepUpRequest,
    answers: { 200: step },
    refusals: { ...attempts, 401: ['SIGN_IN_REFUSED', 'SIGN_IN_EXPIRED'], 503: ['SIGN_INS_FULL'] },
  },
  'POST /v1/auth/sign-out': {
    ...common,
    access: { needs: 'session' },
    operationId: 'signOut',
    summary: 'End the session',
    answers: { 200: { description: 'Ended; the browser forgets what it kept', schema: signedOut } },
  },
  'POST /v1/auth/password-reset': {
    ...common,
    access: { anonymous: 'The link is the proof, with the second factor of the person.' },
    operationId: 'resetPassword',
    summary: 'Set a new password by a link',
    description: 'The link is used up, and every session of the person ends.',
    body: passwordReset,
    answers: { 200: { description: 'Set; sign in with it', schema: passwordSet } },
    refusals: {
      ...attempts,
      401: ['SIGN_IN_REFUSED'],
      404: ['LINK_INVALID'],
      409: ['SECOND_FACTOR_NEEDED'],
      503: ['SIGN_INS_FULL'],
    },
  },
} as const satisfies Record<string, RouteSpec>;
