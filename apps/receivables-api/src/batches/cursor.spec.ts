import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeCursor, encodeCursor } from './cursor.ts';

test('a cursor comes back as it was, microseconds included', () => {
  const cursor = { receivedAt: '2030-01-31T12:34:56.789012Z', id: '0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e' };
  expect(decodeCursor(encodeCursor(cursor))).toEqual(cursor);
});

test('a text that is no cursor is refused', () => {
  fc.assert(fc.property(fc.string(), (text) => decodeCursor(text) === undefined));
  expect(decodeCursor(Buffer.from('2030-13-99T99:99:99.000000Z x').toString('base64url'))).toBeUndefined();
  const impossible = '2030-13-31T12:34:56.789012Z 0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e';
  expect(decodeCursor(Buffer.from(impossible).toString('base64url'))).toBeUndefined();
});
