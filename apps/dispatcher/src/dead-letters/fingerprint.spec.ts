import { describe, expect, test } from 'vitest';
import { fingerprintOf } from './fingerprint.ts';

const failure = { queue: 'notifier.recipients', reason: 'gave up after 6 attempts: no luck', error: null };
const typed = (type: string) => fingerprintOf({ ...failure, error: { type, message: 'no luck' } });
const same = (a: string, b: string) =>
  fingerprintOf({ ...failure, reason: a }) === fingerprintOf({ ...failure, reason: b });

test('is sixteen hexadecimal digits', () => {
  expect(fingerprintOf(failure)).toMatch(/^[0-9a-f]{16}$/);
});

test.each([
  ['numbers', 'chunk 3 has 1.234,5 rows', 'chunk 17 has 8 rows'],
  [
    'ids',
    'batch 0193f0a0-0000-7000-8000-000000000001 does not exist',
    'batch 0193F0A0-aaaa-7000-8000-0000000000ff does not exist',
  ],
  ['quoted values', `invalid input syntax for type date: "31/02"`, `invalid input syntax for type date: "x y"`],
  ['addresses', '550 no such user ana@example.com', '550 no such user bia.b@mail.example'],
  ['hashes', 'file a1b2c3d4e5f60718 is gone', 'file 99b2c3d4e5f60718 is gone'],
  ['spaces and case', 'No   luck\n', 'no luck'],
])('does not see a difference of %s', (_, a, b) => {
  expect(same(a, b)).toBe(true);
});

describe('tells apart', () => {
  test('other words', () => {
    expect(same('connection refused', 'connection reset')).toBe(false);
  });

  test('other queues', () => {
    expect(fingerprintOf({ ...failure, queue: 'notifier.chunks' })).not.toBe(fingerprintOf(failure));
  });

  test('other classes of errors', () => {
    expect(typed('TypeError')).not.toBe(typed('RangeError'));
    expect(typed('TypeError')).toBe(typed('TypeError'));
  });
});
