import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { withLogContext } from '#observability';
import { requestIdNow } from './actor.decorator.ts';

test('what goes on record of a request is a UUID, whatever text the client chose for the log', () => {
  const [requestId, recordId] = [randomUUID(), randomUUID()];
  expect(withLogContext({ requestId }, requestIdNow)).toBe(requestId);
  expect(withLogContext({ requestId: 'call-Ana-at-5511-98765', recordId }, requestIdNow)).toBe(recordId);
  expect(withLogContext({ requestId: 'call-Ana-at-5511-98765' }, requestIdNow)).toBeUndefined();
  expect(requestIdNow()).toBeUndefined();
});
