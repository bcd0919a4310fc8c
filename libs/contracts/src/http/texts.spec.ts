import { expect, test } from 'vitest';
import { instant, oneLine, showable } from './texts.ts';

test.each(['\u0000', 'a\u0000b', '\u009F', '\uD800', 'a\nb'])('F9: %j is no text that can be stored', (text) => {
  expect(oneLine().safeParse(text).success).toBe(false);
});

test('a text of letters and emoji is taken as it is', () => {
  expect(oneLine().parse('João 😀')).toBe('João 😀');
});

test.each(['0000-01-01T00:00:00Z', '9999-12-31T23:59:59-23:59', '2026-02-31T00:00:00Z', 'x'])(
  'F9: %s is no instant that PostgreSQL takes',
  (text) => {
    expect(instant.safeParse(text).success).toBe(false);
  },
);

test('F9: an offset that PostgreSQL does not take is written again in UTC', () => {
  expect(instant.parse('2026-11-28T00:00:00-23:59')).toBe('2026-11-28T23:59:00.000Z');
});

test('F18: marks that turn the direction of a name are not shown', () => {
  expect(showable(' passwd\u202Evsc.csv\u2069\u0000')).toBe('passwdvsc.csv');
});
