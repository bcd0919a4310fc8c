import { expect, test } from 'vitest';
import { cookieOf, cookieRemoval, readCookie, SESSION_COOKIE, SIGN_IN_COOKIE } from './cookies.ts';

test.each([
  [undefined, undefined],
  ['', undefined],
  ['a=b', undefined],
  ['__Host-sb_session=abc', 'abc'],
  ['a=b; __Host-sb_session=abc;c=d', 'abc'],
  ['__Host-sb_session=a=b', 'a=b'],
  ['x__Host-sb_session=abc', undefined],
  ['__Host-sb_sessions=abc', undefined],
  ['__Host-sb_session=abc; __Host-sb_session=evil', undefined],
])('of %j the session is %j', (header, value) => {
  expect(readCookie(header, SESSION_COOKIE)).toBe(value);
});

test('a cookie is for this host alone, and no script reads it', () => {
  expect(cookieOf(SESSION_COOKIE, 'abc')).toBe('__Host-sb_session=abc; Path=/; Secure; HttpOnly; SameSite=Lax');
  expect(cookieRemoval(SIGN_IN_COOKIE)).toBe('__Host-sb_tx=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0');
});
