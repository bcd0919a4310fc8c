import { z } from 'zod';
import { roles } from '../access/permissions.ts';
import { oneLine } from '../texts.ts';

const EMAIL_CHARS_MAX = 254;
const NAME_CHARS_MAX = 120;
/** More than the 128 characters of a password, so that its own message comes. */
const PASSWORD_CHARS_MAX = 1_000;
const ISSUERS_MAX = 1_000;
const TOKEN_CHARS_MAX = 100;

/** An address with a name on each side of the @. Its mail decides whether there is one. */
const ADDRESS = /^[^\s@<>"(),:;\\[\]]{1,64}@[^\s@<>"(),:;\\[\]]{1,189}$/;

/** In lower case, as accounts have it. */
export const emailField = oneLine()
  .max(EMAIL_CHARS_MAX)
  .trim()
  .toLowerCase()
  .regex(ADDRESS, 'must be an e-mail address')
  .meta({ example: 'ana@example.com' });

export const nameField = oneLine().trim().min(1).max(NAME_CHARS_MAX).meta({ example: 'Ana Prado' });

/** A password as it is typed. Which may be used, the account's own words decide: see docs/security.md. */
export const passwordField = z
  .string()
  .min(1)
  .max(PASSWORD_CHARS_MAX)
  .meta({ description: 'From 12 to 128 characters.' });

/** The secret of a link: what stands behind its #. */
export const linkField = z.string().max(TOKEN_CHARS_MAX).meta({ description: 'What stands behind the # of the link.' });

export const codeField = z
  .string()
  .regex(/^\d{6}$/, 'must be six digits')
  .meta({ description: 'Of the authenticator app.', example: '123456' });

export const recoveryCodeField = z.string().min(24).max(60).meta({ example: 'ABCD-EFGH-IJKL-MNOP-QRST-UVWX' });

/** The roles that an organization gives. That of the platform is the operator's to give. */
const organizationRoles = roles.filter((role) => role !== 'platform');

export const roleField = z.enum(organizationRoles).meta({ description: 'What the person may do.', example: 'biller' });
/** Any role, in answers. */
export const anyRole = z.enum(roles).meta({ example: 'biller' });

export const issuerIdsField = z
  .array(z.uuid())
  .min(1)
  .max(ISSUERS_MAX)
  .nullable()
  .meta({ description: 'The issuers that the person sees; null for all of the organization.', example: null });

export const at = (description: string) => z.iso.datetime().meta({ description, example: '2026-11-29T12:00:00.000Z' });

export const signInStep = z
  .object({
    next: z.enum(['totp', 'passkey', 'enrol', 'done']).meta({
      description:
        'totp, passkey: the second factor is still asked for. enrol: signed in, and nothing is allowed but to add a ' +
        'second factor. done: signed in.',
    }),
  })
  .meta({ id: 'SignInStep', example: { next: 'totp' } });

export type SignInStep = z.output<typeof signInStep>;
