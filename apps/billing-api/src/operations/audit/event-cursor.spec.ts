import { expect, test } from 'vitest';
import { decodeEventCursor, encodeEventCursor } from './event-cursor.ts';

test('a cursor is read as it was written', () => {
  const cursor = { at: '2026-11-21T10:00:00.123456Z', id: '17' };
  expect(decodeEventCursor(encodeEventCursor(cursor))).toEqual(cursor);
});

test.each([
  ['2026-02-31T00:00:00.000000Z', '17'],
  ['0000-01-01T00:00:00.000000Z', '17'],
  ['2026-11-21T10:00:00.123456Z', '0'],
  ['2026-11-21T10:00:00.123456Z', '9223372036854775808'],
])('%s %s is no place of an event', (at, id) => {
  expect(decodeEventCursor(encodeEventCursor({ at, id }))).toBeUndefined();
});

test('another text is none', () => {
  expect(decodeEventCursor('17')).toBeUndefined();
});
