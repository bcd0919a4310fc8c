import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RowAccount } from '#batches';
import { identityHolds, pendingNotifications } from './accounting.ts';

const counts = fc.record({ accepted: fc.nat(), duplicate: fc.nat(), rejected: fc.nat(), dead: fc.nat() });

function sum({ accepted, duplicate, rejected, dead }: Omit<RowAccount, 'read'>): number {
  return accepted + duplicate + rejected + dead;
}

test('a batch whose rows were all dealt with keeps the promise exactly when they add up', () => {
  fc.assert(
    fc.property(counts, fc.integer({ min: -3, max: 3 }), (rows, difference) => {
      const account = { read: sum(rows) + difference, ...rows };
      expect(identityHolds(account, true)).toBe(difference === 0);
    }),
  );
});

test('while rows wait for their outcome nothing is told, and a row too many is a broken promise', () => {
  fc.assert(
    fc.property(counts, fc.integer({ min: 1, max: 3 }), (rows, difference) => {
      expect(identityHolds({ read: sum(rows) + difference, ...rows }, false)).toBeNull();
      expect(identityHolds({ read: sum(rows), ...rows }, false)).toBe(true);
      expect(identityHolds({ read: sum(rows) - difference, ...rows }, false)).toBe(false);
    }),
  );
});

test('nothing can be told before the file has been read to its end', () => {
  expect(identityHolds({ read: null, accepted: 3, duplicate: 0, rejected: 0, dead: 0 }, false)).toBeNull();
});

test('a row too many or too few of a completed batch is a broken promise', () => {
  const two = { accepted: 2, duplicate: 0, rejected: 0, dead: 0 };
  expect(identityHolds({ read: 3, ...two }, true)).toBe(false);
  expect(identityHolds({ read: 1, ...two }, false)).toBe(false);
});

test('a notification counted before its boleto does not make the pending ones negative', () => {
  expect(pendingNotifications(10, { sent: 3, failed: 1 })).toBe(6);
  expect(pendingNotifications(10, { sent: 11, failed: 0 })).toBe(0);
});
