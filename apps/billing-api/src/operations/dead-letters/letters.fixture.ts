import { randomUUID } from 'node:crypto';
import type { Message, MessageName } from '#contracts';
import type { Db } from '#database';
import { testCaller } from '../../../../../libs/billing/access/src/test-tenant.fixture.ts';

/** The operator of an action that no request asked for. */
export const BY_TEST = {
  caller: testCaller(),
  operator: 'ana',
  actor: { organizationId: undefined, kind: 'system', id: undefined },
} as const;

interface LetterOptions {
  readonly queue: string;
  readonly name: string | null;
  readonly body: Buffer | string;
  readonly batchId: string | null;
  readonly reason: string;
  readonly fingerprint: string;
  readonly error: object | null;
  readonly headers: object;
  readonly status: 'open' | 'discarded';
}

/** A dead letter as dispatcher keeps it; gives its id. */
export async function insertLetter(tx: Db, options: Partial<LetterOptions> = {}): Promise<string> {
  const letter: LetterOptions = {
    queue: 'notifier.recipients',
    name: 'notification.due.v1',
    body: '{}',
    batchId: null,
    reason: 'gave up after 6 attempts: no luck',
    fingerprint: '00000000000000aa',
    error: { type: 'Error', message: 'no luck' },
    headers: {},
    status: 'open',
    ...options,
  };
  const rows: { id: string }[] = await tx.query(
    `insert into dead_letters (queue, message_id, message_name, body, headers, reason, error, attempts, first_failed_at,
                               batch_id, fingerprint, status, settled_at)
     values ($1, $2, $3, $4, $5, $6, $7, 6, '2026-11-21T10:00:00Z', $8, $9, $10,
             case when $10 <> 'open' then now() end)
     returning id`,
    [
      letter.queue,
      randomUUID(),
      letter.name,
      Buffer.from(letter.body),
      JSON.stringify(letter.headers),
      letter.reason,
      letter.error === null ? null : JSON.stringify(letter.error),
      letter.batchId,
      letter.fingerprint,
      letter.status,
    ],
  );
  return rows[0]?.id ?? '';
}

/** A letter whose message is this one. */
export async function insertLetterOf<N extends MessageName>(
  tx: Db,
  queue: string,
  name: N,
  message: Message<N>,
): Promise<string> {
  return await insertLetter(tx, { queue, name, body: JSON.stringify(message), batchId: message.batchId });
}
