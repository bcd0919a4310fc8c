import { expect, test } from 'vitest';
import { SecretBox } from './secret-box.ts';

const SECRET = 'a secret of at least 32 characters';
const place = { table: 'users', column: 'totp_seed', id: '0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e' };
const seed = Buffer.from('12345678901234567890');
const box = new SecretBox(SECRET);

test('what was sealed opens again, in the process that is started next too', () => {
  expect(new SecretBox(SECRET).open(box.seal(seed, place), place)).toEqual(seed);
});

test('two boxes of one secret look different, and neither shows it', () => {
  const [one, other] = [box.seal(seed, place), box.seal(seed, place)];
  expect(one).not.toEqual(other);
  expect(one.includes(seed)).toBe(false);
});

test.each([
  ['another row', { ...place, id: 'other' }],
  ['another column', { ...place, column: 'password_hash' }],
  ['another table', { ...place, table: 'passkeys' }],
  ['a place that only reads the same', { ...place, table: 'users","totp_seed', column: '' }],
])('a box of %s does not open', (_, elsewhere) => {
  expect(() => box.open(box.seal(seed, elsewhere), place)).toThrow(/\w/);
});

test('a box of another secret, a damaged one and a short one do not open', () => {
  const sealed = box.seal(seed, place);
  const damaged = Buffer.from(sealed);
  damaged.writeUInt8(damaged.readUInt8(40) ^ 1, 40);

  expect(() => new SecretBox(`${SECRET}!`).open(sealed, place)).toThrow(/\w/);
  expect(() => box.open(damaged, place)).toThrow(/\w/);
  expect(() => box.open(sealed.subarray(0, 20), place)).toThrow('not a sealed secret');
  expect(() => box.open(Buffer.of(2), place)).toThrow('not a sealed secret');
});
