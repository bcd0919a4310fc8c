import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { hashToken, newToken } from './token.ts';

test('a token has 256 random bits, and its hash is SHA-256 of its text', () => {
  const { text, hash } = newToken();

  expect(Buffer.from(text, 'base64url')).toHaveLength(32);
  expect(hash).toEqual(createHash('sha256').update(text).digest());
  expect(hashToken(text)).toEqual(hash);
  expect(newToken().text).not.toBe(text);
});

test.each([undefined, '', 'x', 'a'.repeat(44), `${'a'.repeat(42)}=`, `${'a'.repeat(42)}\n`])(
  '%j never was a token and has no hash',
  (text) => {
    expect(hashToken(text)).toBeUndefined();
  },
);
