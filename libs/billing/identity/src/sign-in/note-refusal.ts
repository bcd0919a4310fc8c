import type { AuditActor } from '#audit';
import { withTransaction } from '#database';
import type { Browser, Method } from '#sessions';
import { recordOfPerson, strangerActor } from '../actor.ts';
import type { IdentityParts } from '../parts.ts';

/** A proof that was wrong. */
export interface RefusedProof {
  /** Undefined for an address without an account. It is in the log alone, otherwise strangers would fill the audit. */
  readonly userId: string | undefined;
  readonly method: Method;
  /** The browser of a sign-in, or the person of a session. */
  readonly by: Browser | AuditActor;
}

/**
 * Puts a wrong proof on record. The caller does not wait for the event, because the time of an answer would tell which
 * addresses have an account.
 */
export function noteRefusal(
  { dataSource, logger }: Pick<IdentityParts, 'dataSource' | 'logger'>,
  { userId, method, by }: RefusedProof,
): void {
  logger.warn('a proof was refused', { event: 'person.refused', userId, method });
  if (userId === undefined) return;
  withTransaction(dataSource, async (tx) => {
    const target = { kind: 'person', id: userId } as const;
    await recordOfPerson(tx, 'kind' in by ? by : strangerActor(by), {
      action: 'person.signInRefused',
      target,
      details: { method },
      outcome: 'denied',
    });
  }).catch((error: unknown) => {
    logger.warn('cannot put a refusal on record', { event: 'audit.failed', userId, error });
  });
}
