import { z } from 'zod';

/** The claims of an ID token that are read. Everything else is dropped with the token. */
const claimsSchema = z.object({
  iss: z.string().min(1).max(999),
  sub: z.string().min(1).max(255),
  email: z.string().max(254).optional().catch(undefined),
  email_verified: z.boolean().optional().catch(undefined),
  name: z.string().optional().catch(undefined),
  acr: z.string().optional().catch(undefined),
  amr: z.array(z.string()).optional().catch(undefined),
  auth_time: z.int().min(0).max(253_402_300_799).optional().catch(undefined),
});

const NAME_CHARS_MAX = 120;
/** Names of RFC 8176 for a second factor, or for two at once. */
const STRONG_METHODS: ReadonlySet<string> = new Set(['mfa', 'hwk', 'otp']);

/** The claims that a provider makes about a person. */
export interface ProvenClaims {
  readonly issuer: string;
  readonly subject: string;
  /** In lower case, and only if the provider has checked it. */
  readonly email: string | undefined;
  readonly name: string;
  /** The provider has asked for two factors. */
  readonly hasTwoFactors: boolean;
  /** When the provider asked for them; long ago, if it does not say. */
  readonly authTime: Date;
}

/** True if the checked address is of one of these domains, exactly. Without domains every person passes. */
export function isOfDomain(email: string | undefined, domains: readonly string[]): boolean {
  if (domains.length === 0) return true;
  return email !== undefined && domains.includes(email.slice(email.lastIndexOf('@') + 1));
}

/**
 * Reads claims that openid-client has verified. `strongAcrs` are the values of `acr` that mean two factors at this
 * provider.
 * @throws ZodError for an ID token without iss or sub
 */
export function readClaims(claims: unknown, strongAcrs: readonly string[]): ProvenClaims {
  const {
    iss,
    sub,
    email,
    email_verified: isVerified,
    name,
    acr,
    amr = [],
    auth_time: authTime = 0,
  } = claimsSchema.parse(claims);
  const verified = isVerified === true && email !== undefined && email.length >= 3 ? email.toLowerCase() : undefined;
  const shown = (name ?? '').replaceAll(/[\p{Cc}\p{Cs}]/gu, '').trim();
  return {
    issuer: iss,
    subject: sub,
    email: verified,
    name: Array.from(shown === '' ? (verified ?? sub) : shown)
      .slice(0, NAME_CHARS_MAX)
      .join(''),
    authTime: new Date(authTime * 1_000),
    hasTwoFactors: (acr !== undefined && strongAcrs.includes(acr)) || amr.some((each) => STRONG_METHODS.has(each)),
  };
}
