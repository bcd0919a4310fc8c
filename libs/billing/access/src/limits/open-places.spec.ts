import { expect, test } from 'vitest';
import { ProblemError } from '#http';
import { OpenPlaces } from './open-places.ts';

const places = (processMax = 100) =>
  new OpenPlaces({
    what: 'event streams',
    ofKey: 'streamsOpenOfKey',
    ofOrganization: 'streamsOpenOfOrganization',
    ofProcess: 'streamsOpen',
    processMax,
    retryAfterSeconds: 30,
  });

const caller = (id: string, organizationId = 'o') => ({
  id,
  organizationId,
  limits: { streamsOpenOfKey: 2, streamsOpenOfOrganization: 3 },
});

function codeOf(take: () => unknown): unknown {
  try {
    take();
    return 'taken';
  } catch (error) {
    return error instanceof ProblemError ? [error.problem.status, error.problem.code] : error;
  }
}

test('a key gets its places, its organization some more, and what is given back is free', () => {
  const open = places();
  const give = open.take(caller('a'));
  open.take(caller('a'));
  expect(codeOf(() => open.take(caller('a')))).toEqual([429, 'CLIENT_STREAMS_FULL']);
  open.take(caller('b'));
  expect(
    codeOf(() => open.take(caller('c'))),
    'the organization',
  ).toEqual([429, 'CLIENT_STREAMS_FULL']);
  expect(codeOf(() => open.take(caller('d', 'another')))).toBe('taken');

  give();
  give(); // once is enough

  expect(codeOf(() => open.take(caller('c')))).toBe('taken');
  expect(codeOf(() => open.take(caller('a')))).toEqual([429, 'CLIENT_STREAMS_FULL']);
});

test('a full process refuses every caller with 503', () => {
  const open = places(1);
  const give = open.take(caller('a'));
  expect(codeOf(() => open.take(caller('b', 'another')))).toEqual([503, 'TOO_MANY_STREAMS']);
  give();
  expect(codeOf(() => open.take(caller('b', 'another')))).toBe('taken');
});

test('without limits of its own an organization has the defaults of the table', () => {
  const open = places(1_000);
  const answers = Array.from({ length: 11 }, () =>
    codeOf(() => open.take({ id: 'a', organizationId: 'o', limits: {} })),
  );
  expect(answers.filter((answer) => answer === 'taken')).toHaveLength(10);
});
