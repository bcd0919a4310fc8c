import type { MessageProperties } from 'amqplib';
import { expect, test } from 'vitest';
import { deliveryHeaders, readHeaders } from './headers.ts';

const id = '0193f0a0-0000-7000-8000-000000000001';

function properties(given: Record<string, unknown>): MessageProperties {
  return { headers: {}, ...given } as MessageProperties;
}

test('headers are read back as they were written', () => {
  const before = readHeaders(properties({ messageId: id }));
  const headers = deliveryHeaders(before, { attempt: 2, reason: 'away', error: { type: 'Error', message: 'away' } });
  const after = readHeaders(properties({ messageId: id, headers }));
  expect(after).toMatchObject({ messageId: id, attempt: 2, firstFailedAt: headers['x-first-failed-at'] });
});

test('the time of the first failure survives later ones', () => {
  const first = '2026-01-02T03:04:05.000Z';
  const before = readHeaders(properties({ messageId: id, headers: { 'x-first-failed-at': first, 'x-attempt': 3 } }));
  expect(deliveryHeaders(before, { attempt: 4, reason: 'r', error: undefined })['x-first-failed-at']).toBe(first);
});

test('headers keep the latest failures, each with its attempt, time and reason', () => {
  let headers: Record<string, unknown> = {};
  for (let attempt = 1; attempt <= 12; attempt += 1) {
    const before = readHeaders(properties({ messageId: id, headers }));
    headers = deliveryHeaders(before, {
      attempt: attempt + 1,
      reason: `no luck ${attempt.toString()}`,
      error: undefined,
    });
  }
  const { failures } = readHeaders(properties({ messageId: id, headers }));
  expect(failures.map(({ attempt }) => attempt)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  expect(failures.at(-1)).toEqual({ attempt: 12, at: expect.stringMatching(/^\d{4}-.*Z$/), reason: 'no luck 12' });
});

test.each([7, '{', '{}', '[1,{"attempt":1}]'])('failures of the form %s are ignored', (failures) => {
  expect(readHeaders(properties({ messageId: id, headers: { 'x-failures': failures } })).failures).toEqual([]);
});

test.each([0, -1, 1.5, '2', null, undefined])('an attempt of %s counts as the first', (attempt) => {
  expect(readHeaders(properties({ messageId: id, headers: { 'x-attempt': attempt } })).attempt).toBe(1);
});

test.each([undefined, '', 'not-a-uuid', 7])('a message id of %s is ignored', (messageId) => {
  expect(readHeaders(properties({ messageId })).messageId).toBeUndefined();
});
