import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SignInResult } from '#identity';
import {
  cookieOf,
  cookieRemoval,
  hashToken,
  readCookie,
  SESSION_COOKIE,
  SIGN_IN_COOKIE,
  type Browser,
} from '#sessions';

/** A request as express has it. */
export interface BrowserRequest extends IncomingMessage {
  /** The client's address, behind trusted proxies too. */
  readonly ip?: string | undefined;
}

/** The browser that a request came from. A session that it has is replaced by the next sign-in. */
export function browserOf({ ip, headers }: BrowserRequest): Browser {
  return {
    ip,
    agent: headers['user-agent']?.replaceAll(/[^\x20-\x7e]/g, '?'),
    replaces: hashToken(readCookie(headers.cookie, SESSION_COOKIE)),
  };
}

/** The hash of the cookie of a sign-in that is not finished. */
export function transactionOf({ headers }: IncomingMessage): Buffer | undefined {
  return hashToken(readCookie(headers.cookie, SIGN_IN_COOKIE));
}

/** Gives the browser the cookies that a step of a sign-in ends with. */
export function sendCookies(
  response: ServerResponse,
  { session, transaction }: Pick<SignInResult, 'session' | 'transaction'>,
): void {
  response.setHeader('Set-Cookie', [
    ...(session === undefined ? [] : [cookieOf(SESSION_COOKIE, session)]),
    transaction === undefined ? cookieRemoval(SIGN_IN_COOKIE) : cookieOf(SIGN_IN_COOKIE, transaction),
  ]);
}

/** Takes the session from the browser, with what pages have kept. */
export function forgetEverything(response: ServerResponse): void {
  response.setHeader('Set-Cookie', [cookieRemoval(SESSION_COOKIE), cookieRemoval(SIGN_IN_COOKIE)]);
  response.setHeader('Clear-Site-Data', '"cache", "storage"');
}
