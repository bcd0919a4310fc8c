import { type Permission } from '#contracts/http';
import { ProblemError } from '#http';

const CHALLENGE = { 'WWW-Authenticate': 'Bearer realm="smart-billing"' };

export function signInRequired(): ProblemError {
  return new ProblemError({
    status: 401,
    code: 'SIGN_IN_REQUIRED',
    title: 'The request says nothing of its caller',
    detail: 'Send an API key, Authorization: Bearer sbk_… (npm start prints one), or sign in.',
    headers: CHALLENGE,
  });
}

/** The same for a key that never was, has expired, was revoked, or calls from a network that it may not call from. */
export function keyInvalid(): ProblemError {
  return new ProblemError({
    status: 401,
    code: 'KEY_INVALID',
    title: 'The API key is not valid',
    detail: 'It is unknown, has expired, was revoked, or may not be used from this address.',
    headers: { 'WWW-Authenticate': 'Bearer realm="smart-billing", error="invalid_token"' },
  });
}

export function permissionMissing(permission: Permission): ProblemError {
  return new ProblemError({
    status: 403,
    code: 'PERMISSION_MISSING',
    title: 'The caller may not do this',
    detail: `It needs the permission ${permission}.`,
    extra: { permission },
  });
}

/** A person that has proved one factor alone. */
export function secondFactorRequired(): ProblemError {
  return new ProblemError({
    status: 403,
    code: 'SECOND_FACTOR_REQUIRED',
    title: 'A second factor is needed',
    detail: 'Add an authenticator app (POST /v1/me/totp) or a passkey (POST /v1/me/passkeys/options).',
  });
}

/** `methods` are those with which the person can prove the identity again. */
export function stepUpRequired(methods: readonly string[]): ProblemError {
  return new ProblemError({
    status: 401,
    code: 'STEP_UP_REQUIRED',
    title: 'The last sign-in is too long ago for this',
    detail: 'Prove the identity again: POST /v1/auth/step-up, a passkey, or the provider.',
    extra: { methods },
  });
}

/** A key on a route that is for people. */
export function peopleAlone(): ProblemError {
  return new ProblemError({
    status: 403,
    code: 'PEOPLE_ALONE',
    title: 'Only a person that has signed in may do this',
    detail: 'An API key cannot: sign in instead.',
  });
}
