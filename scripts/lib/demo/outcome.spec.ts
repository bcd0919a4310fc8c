import { expect, test } from 'vitest';
import { findFaults, summary } from './outcome.mjs';

const batch = {
  id: 'b',
  status: 'completed_with_rejections',
  rows: { read: 10, accepted: 6, duplicate: 2, rejected: 1, dead: 1 },
  boletos: { issued: 6 },
  notifications: { pending: 0, sent: 6, failed: 0 },
};

test('a batch that accounts for every row has no faults', () => {
  expect(findFaults({ batch, delivered: 6, queues: [{ name: 'notifier.chunks', messages: 0 }].slice(1) })).toEqual([]);
});

test.each([
  ['a lost row', { ...batch, rows: { ...batch.rows, dead: 0 } }, '10 rows read, but 9 accounted for'],
  ['a missing boleto', { ...batch, boletos: { issued: 5 } }, '6 rows accepted, but 5 boletos issued'],
  ['an unsent e-mail', { ...batch, notifications: { sent: 5, failed: 1 } }, '1 e-mails failed for good'],
  ['a failed batch', { ...batch, status: 'failed' }, 'the batch ended as failed'],
])('%s is a fault', (_name, changed, fault) => {
  expect(findFaults({ batch: changed, delivered: 6, queues: [] })).toContain(fault);
});

test('an e-mail that never arrived and a message left in a queue are faults', () => {
  expect(findFaults({ batch, delivered: 5, queues: [{ name: 'notifier.chunks.dead', messages: 2 }] })).toEqual([
    '6 boletos, but 5 different e-mails in the mailbox',
    'queue notifier.chunks.dead still holds 2 messages',
  ]);
});

test('the summary has the promised keys and no others', () => {
  const artifacts = { results: 'r', rejections: 'j', duplicates: 'd', pdfs: 'p', mailbox: 'm' };
  expect(summary({ batch, seconds: { total: 2, issued: 1 }, artifacts })).toEqual({
    batchId: 'b',
    status: 'completed_with_rejections',
    rows: { read: 10, accepted: 6, duplicate: 2, rejected: 1, dead: 1 },
    boletos: { issued: 6 },
    notifications: { sent: 6, failed: 0 },
    seconds: { total: 2, issued: 1 },
    artifacts,
  });
});
