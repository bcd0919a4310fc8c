import type { Role } from '#contracts/http';

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 60 * MINUTE_SECONDS;

/** A session ends after so long, whatever the person does. */
export const SESSION_SECONDS_MAX = 12 * HOUR_SECONDS;
/** A sixth sign-in ends the oldest session of the person. */
export const SESSIONS_MAX = 5;

/** For how long a session goes on without a request. Roles that manage people are away for less. */
export function idleSeconds(role: Role): number {
  return (role === 'admin' || role === 'platform' ? 15 : 30) * MINUTE_SECONDS;
}

/**
 * How a person proved to be that person: a password, the code of an app, a recovery code, a passkey, an OpenID
 * provider, or a provider that asked for two factors itself (`mfa`, after the names of RFC 8176).
 */
export type Method = 'pwd' | 'otp' | 'rec' | 'hwk' | 'oidc' | 'mfa';

/** True if two factors were proved. A passkey is two: the authenticator, and the finger or the PIN that unlocks it. */
export function hasTwoFactors(methods: readonly string[]): boolean {
  const has = (method: Method): boolean => methods.includes(method);
  return has('hwk') || has('mfa') || ((has('pwd') || has('oidc')) && (has('otp') || has('rec')));
}
