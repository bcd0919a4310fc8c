import { expect, test } from 'vitest';
import { isOfDomain, readClaims } from './claims.ts';

const BASE = { iss: 'https://id.example', sub: 'a1' };

test.each([
  [{}, undefined],
  [{ email: 'Ana@Example.com' }, undefined],
  [{ email: 'Ana@Example.com', email_verified: false }, undefined],
  [{ email: 'Ana@Example.com', email_verified: 'true' }, undefined],
  [{ email: 'Ana@Example.com', email_verified: true }, 'ana@example.com'],
])('the address of %j is %j', (claims, email) => {
  expect(readClaims({ ...BASE, ...claims }, []).email).toBe(email);
});

test.each([
  [{}, false],
  [{ amr: ['pwd'] }, false],
  [{ amr: 'mfa' }, false],
  [{ amr: ['pwd', 'otp'] }, true],
  [{ amr: ['hwk'] }, true],
  [{ amr: ['mfa'] }, true],
  [{ acr: 'silver' }, false],
  [{ acr: 'gold' }, true],
])('%j are two factors: %s', (claims, expected) => {
  expect(readClaims({ ...BASE, ...claims }, ['gold']).hasTwoFactors).toBe(expected);
});

test('a person without a name is called by the address, or by the subject', () => {
  const email = { email: 'ana@example.com', email_verified: true };
  expect(readClaims({ ...BASE, ...email, name: ' Ana\u0000 ' }, []).name).toBe('Ana');
  expect(readClaims({ ...BASE, ...email }, []).name).toBe('ana@example.com');
  expect(readClaims({ ...BASE, name: '' }, []).name).toBe('a1');
  expect(readClaims({ ...BASE, name: 'x'.repeat(500) }, []).name).toHaveLength(120);
});

test('a token without a subject is refused', () => {
  expect(() => readClaims({ iss: 'https://id.example' }, [])).toThrow(/sub/);
});

test.each([
  ['ana@example.com', [], true],
  [undefined, [], true],
  ['ana@example.com', ['example.org', 'example.com'], true],
  [undefined, ['example.com'], false],
  ['ana@sub.example.com', ['example.com'], false],
  ['ana@example.com.evil.example', ['example.com'], false],
  ['"@example.com"@evil.example', ['example.com'], false],
])('the address %s is of the domains %j: %s', (email, domains, expected) => {
  expect(isOfDomain(email, domains)).toBe(expected);
});
