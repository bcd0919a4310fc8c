import { createHash } from 'node:crypto';
import { jwtVerify, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';

/** The member of `events` that makes a token one for a logout. */
const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
/** Signatures with a public key. One with a shared secret could be made by any holder of the secret. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
/** A token is refused when it is older, also if it says that it lives longer. A used one is remembered for longer. */
const AGE_SECONDS_MAX = 300;
/** The provider's clock may differ by so much. */
const CLOCK_SECONDS = 30;

/**
 * The parts that jwtVerify does not judge (OpenID Connect Back-Channel Logout 1.0, 2.4 and 2.6). A token without a type
 * is taken, as providers send it; one of another type, such as an access token, is not. A nonce is an ID token's.
 */
const partsSchema = z.object({
  typ: z
    .string()
    .regex(/^(?:(?:application\/)?logout\+jwt|jwt)$/i)
    .optional(),
  sub: z.string().min(1).max(255),
  jti: z.string().min(1).max(1_000),
  events: z.looseObject({ [EVENT]: z.looseObject({}) }),
  nonce: z.never().optional(),
});

/** The provider that must have signed a token, and the client that it must be for. */
export interface TokenRules {
  readonly keys: JWTVerifyGetKey;
  readonly issuer: string;
  readonly clientId: string;
}

export interface LogoutToken {
  /** The person, as the provider names it. */
  readonly subject: string;
  /** The hash under which a token is remembered that was used. */
  readonly idHash: Buffer;
}

/**
 * Reads a logout token of the provider.
 * @throws JOSEError for one that is not signed by it, not for us, too old, or no token at all; also when the keys of
 * the provider cannot be had. ZodError for one that is not a logout token, or that names a session and no person.
 */
export async function readLogoutToken(text: string, { keys, issuer, clientId }: TokenRules): Promise<LogoutToken> {
  const { payload, protectedHeader } = await jwtVerify(text, keys, {
    issuer,
    audience: clientId,
    algorithms: ALGORITHMS,
    requiredClaims: ['iat', 'exp'],
    maxTokenAge: AGE_SECONDS_MAX,
    clockTolerance: CLOCK_SECONDS,
  });
  const { sub, jti } = partsSchema.parse({ ...payload, typ: protectedHeader.typ });
  const idHash = createHash('sha256')
    .update(JSON.stringify(['logout token', issuer, jti]))
    .digest();
  return { subject: sub, idHash };
}
