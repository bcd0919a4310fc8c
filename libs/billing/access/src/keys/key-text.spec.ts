import { expect, test } from 'vitest';
import { hashOfKey, hintOfKey, isKeyText, newKeyText } from './key-text.ts';

test('a new key has the form that secret scanners know, and is another each time', () => {
  const keys = Array.from({ length: 50 }, () => newKeyText('live'));

  for (const key of keys) expect(key).toMatch(/^sbk_live_[0-9A-Za-z]{49}$/);
  expect(new Set(keys).size).toBe(50);
  expect(keys.every(isKeyText)).toBe(true);
});

test('a key with one character changed is refused, wherever it stands', () => {
  const key = newKeyText('test');

  for (let at = 0; at < key.length; at += 1) {
    const other = key[at] === 'a' ? 'b' : 'a';
    expect(isKeyText(key.slice(0, at) + other + key.slice(at + 1))).toBe(false);
  }
});

test.each(['', 'sbk_live_', `${newKeyText('test')}0`, ` ${newKeyText('test')}`, newKeyText('test').toUpperCase()])(
  '%j is no key',
  (text) => {
    expect(isKeyText(text)).toBe(false);
  },
);

test('the hint shows eight characters of 49, and the hash is SHA-256 of the whole text', () => {
  const key = newKeyText('live');

  expect(hintOfKey(key)).toBe(`${key.slice(0, 13)}…${key.slice(-4)}`);
  expect(hashOfKey(key)).toHaveLength(32);
  expect(hashOfKey(key)).not.toEqual(hashOfKey(newKeyText('live')));
});
