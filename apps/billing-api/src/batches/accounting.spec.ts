import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accountForRows, identityHolds, pendingNotifications, type StageSums } from './accounting.ts';

const NOTHING: StageSums = { rows: 0, accepted: 0, duplicate: 0, rejected: 0, dead: 0 };
const OUTCOMES = ['accepted', 'duplicate', 'rejected', 'dead'] as const;

type Outcome = (typeof OUTCOMES)[number];

function sums(outcomes: readonly Outcome[]): StageSums {
  const count = (outcome: Outcome) => outcomes.filter((each) => each === outcome).length;
  return {
    rows: outcomes.length,
    accepted: count('accepted'),
    duplicate: count('duplicate'),
    rejected: count('rejected'),
    dead: count('dead'),
  };
}

/** A file's rows, each with what validation said and, where that was `accepted`, what issuing said. */
const rows = fc.array(fc.record({ validated: fc.constantFrom(...OUTCOMES), issued: fc.constantFrom(...OUTCOMES) }));

describe('accounting of rows', () => {
  test('every row of a completed batch is accounted for, once', () => {
    fc.assert(
      fc.property(rows, (file) => {
        const validate = sums(file.map((row) => row.validated));
        const issue = sums(file.filter((row) => row.validated === 'accepted').map((row) => row.issued));
        const account = accountForRows(file.length, validate, issue);

        expect(account.accepted + account.duplicate + account.rejected + account.dead).toBe(file.length);
        expect(account.accepted).toBe(issue.accepted);
        expect(identityHolds(account, true)).toBe(true);
      }),
    );
  });

  test('no count is negative and the identity is never false at any moment of the work', () => {
    fc.assert(
      fc.property(rows, fc.nat(), fc.nat(), (file, validated, issued) => {
        const done = file.slice(0, validated % (file.length + 1));
        const accepted = done.filter((row) => row.validated === 'accepted');
        const issue = sums(accepted.slice(0, issued % (accepted.length + 1)).map((row) => row.issued));
        const account = accountForRows(file.length, sums(done.map((row) => row.validated)), issue);

        const { accepted: kept, duplicate, rejected, dead } = account;
        expect(Math.min(kept, duplicate, rejected, dead)).toBeGreaterThanOrEqual(0);
        expect(kept + duplicate + rejected + dead).toBe(done.length);
        expect(identityHolds(account, false)).toBe(done.length === file.length ? true : null);
      }),
    );
  });

  test('a row that died while its boleto was made is dead, not accepted', () => {
    const validate = { rows: 10, accepted: 7, duplicate: 1, rejected: 1, dead: 1 };
    expect(accountForRows(10, validate, { ...NOTHING, rows: 7, accepted: 5, dead: 2 })).toEqual({
      read: 10,
      accepted: 5,
      duplicate: 1,
      rejected: 1,
      dead: 3,
    });
  });

  test('nothing can be told before the file has been read to its end', () => {
    expect(identityHolds(accountForRows(null, { ...NOTHING, rows: 3, accepted: 3 }, NOTHING), false)).toBeNull();
  });

  test('a row too many or too few of a completed batch is a broken promise', () => {
    const two = { ...NOTHING, rows: 2, accepted: 2 };
    expect(identityHolds(accountForRows(3, two, NOTHING), true)).toBe(false);
    expect(identityHolds(accountForRows(1, two, NOTHING), false)).toBe(false);
  });
});

test('a notification counted before its boleto does not make the pending ones negative', () => {
  expect(pendingNotifications(10, { sent: 3, failed: 1 })).toBe(6);
  expect(pendingNotifications(10, { sent: 11, failed: 0 })).toBe(0);
});
