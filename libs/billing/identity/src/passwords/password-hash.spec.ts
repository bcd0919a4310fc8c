import { scryptSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { GateFullError } from './gate.ts';
import { hashPassword, needsRehash, verifyPassword } from './password-hash.ts';

const PASSWORD = 'correct horse battery staple';

function cheaper(password: string): string {
  const salt = Buffer.alloc(16, 7);
  const hash = scryptSync(password, salt, 32, { N: 2 ** 10, r: 8, p: 1 });
  const [saltText, hashText] = [salt, hash].map((bytes) => bytes.toString('base64').replaceAll('=', ''));
  return `$scrypt$ln=10,r=8,p=1$${saltText ?? ''}$${hashText ?? ''}`;
}

test('a password is known again by its stored form, and no other is', async () => {
  const stored = await hashPassword(PASSWORD);

  expect(stored).toMatch(/^\$scrypt\$ln=17,r=8,p=1\$/);
  expect(await verifyPassword(PASSWORD, stored)).toBe(true);
  expect(await verifyPassword(`${PASSWORD} `, stored)).toBe(false);
  expect(needsRehash(stored)).toBe(false);
});

test('a hash of a lower cost is still known, and is to be replaced', async () => {
  const stored = cheaper(PASSWORD);

  expect(await verifyPassword(PASSWORD, stored)).toBe(true);
  expect(await verifyPassword('another one of them', stored)).toBe(false);
  expect(needsRehash(stored)).toBe(true);
});

test('a letter that is typed in two pieces is the same letter', async () => {
  expect(await verifyPassword('sena\u0301rio de inverno', cheaper('sen\u00e1rio de inverno'))).toBe(true);
});

test.each([null, undefined, '', 'plain', '$scrypt$ln=30,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$'])(
  'no password is that of %j',
  async (stored) => {
    expect(await verifyPassword('', stored)).toBe(false);
  },
);

test('two are computed, twenty wait, and the next is refused', async () => {
  const stored = cheaper(PASSWORD);
  const all = await Promise.allSettled(Array.from({ length: 25 }, () => verifyPassword(PASSWORD, stored)));

  const refused = all.filter((each) => each.status === 'rejected');
  expect(refused.map(({ reason }) => reason instanceof GateFullError)).toEqual([true, true, true]);
});
