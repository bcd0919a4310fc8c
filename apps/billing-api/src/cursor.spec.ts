import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeCursor, encodeCursor } from './cursor.ts';

test('a cursor comes back as it was, microseconds included', () => {
  const cursor = { at: '2030-01-31T12:34:56.789012Z', id: '0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e' };
  expect(decodeCursor(encodeCursor(cursor))).toEqual(cursor);
});

test('a text that is no cursor is refused', () => {
  fc.assert(fc.property(fc.string(), (text) => decodeCursor(text) === undefined));
  expect(decodeCursor(Buffer.from('2030-13-99T99:99:99.000000Z x').toString('base64url'))).toBeUndefined();
  const impossible = '2030-13-31T12:34:56.789012Z 0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e';
  expect(decodeCursor(Buffer.from(impossible).toString('base64url'))).toBeUndefined();
});

test.each(['2026-02-31T00:00:00.000000Z', '0000-01-01T00:00:00.000000Z', '2026-11-28T24:00:00.000000Z'])(
  'F9: a cursor of %s, which PostgreSQL does not take, is refused',
  (at) => {
    const cursor = encodeCursor({ at, id: '0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e' });
    expect(decodeCursor(cursor)).toBeUndefined();
  },
);
