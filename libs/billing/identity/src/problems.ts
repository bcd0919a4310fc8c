import { fieldsInvalid, ProblemError } from '#http';
import { GateFullError } from './passwords/gate.ts';
import type { PasswordFault } from './passwords/password-rules.ts';

/** The same for a wrong password, a wrong code and an address without an account. */
export function signInRefused(): ProblemError {
  return new ProblemError({
    status: 401,
    code: 'SIGN_IN_REFUSED',
    title: 'Not signed in',
    detail: 'The address, the password or the code is wrong.',
  });
}

export function signInDelayed(seconds: number): ProblemError {
  return new ProblemError({
    status: 429,
    code: 'SIGN_IN_DELAYED',
    title: 'Too many failures in a row',
    detail: 'Wait as long as Retry-After says. A passkey is taken at any time.',
    headers: { 'Retry-After': seconds.toString() },
  });
}

export function signInExpired(): ProblemError {
  return new ProblemError({
    status: 401,
    code: 'SIGN_IN_EXPIRED',
    title: 'The sign-in was not finished in time, or in another browser',
    detail: 'Begin again.',
  });
}

/** A factor was proved, and no organization takes the person. */
export function membershipMissing(): ProblemError {
  return new ProblemError({
    status: 403,
    code: 'MEMBERSHIP_MISSING',
    title: 'No organization has this person as a member',
    detail: 'An admin of the organization invites people, and can restore a membership.',
  });
}

/** A link that was used, has expired or never was one. */
export function linkInvalid(): ProblemError {
  return new ProblemError({
    status: 404,
    code: 'LINK_INVALID',
    title: 'This link works no more',
    detail: 'It was used, replaced by a newer one, or has expired. Ask for another one.',
  });
}

const PASSWORD_MESSAGES: Readonly<Record<PasswordFault, string>> = {
  too_short: 'must have at least 12 characters',
  too_long: 'must have at most 128 characters',
  common: 'is among the passwords that are tried first',
  guessable: 'has a name or an address in it that a stranger knows',
};

export function passwordRefused(field: string, fault: PasswordFault): ProblemError {
  return fieldsInvalid([{ field, code: `password_${fault}`, message: PASSWORD_MESSAGES[fault] }]);
}

export function conflict(code: string, title: string, detail: string): ProblemError {
  return new ProblemError({ status: 409, code, title, detail });
}

/** Turns a full gate into an answer; any other error stays what it is. */
export async function orBusy<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof GateFullError)) throw error;
    throw new ProblemError({
      status: 503,
      code: 'SIGN_INS_FULL',
      title: 'Too many sign-ins at once',
      detail: 'Nothing was changed. Try again as Retry-After says.',
      headers: { 'Retry-After': '5' },
      cause: error,
    });
  }
}
