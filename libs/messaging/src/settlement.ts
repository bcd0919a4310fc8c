import type { Outcome } from './outcome.ts';

/** What the consumer loop does with the message. */
export type Settlement =
  | { readonly do: 'ack' }
  | { readonly do: 'delay'; readonly delayMs: number; readonly nextAttempt: number; readonly reason: string }
  | { readonly do: 'dead-letter'; readonly reason: string; readonly cause: DeathCause };

/** rejected: the handler said never. exhausted: every attempt failed. killed: its workers died of it (the broker's word). */
export type DeathCause = 'rejected' | 'exhausted' | 'killed';

/**
 * Decides ack, delay or dead letter. Pure: the consumer loop only obeys.
 * `attempt` is 1 at the first delivery; `retryDelaysMs` is the ladder, shortest rung first.
 */
export function settle(retryDelaysMs: readonly number[], attempt: number, outcome: Outcome): Settlement {
  switch (outcome.kind) {
    case 'done':
      return { do: 'ack' };
    case 'reject':
      return { do: 'dead-letter', reason: outcome.reason, cause: 'rejected' };
    case 'retry': {
      const { reason } = outcome;
      // An attempt that is not spent waits on the rung it would have climbed, or on the last one.
      const delayMs = retryDelaysMs[attempt - 1] ?? (outcome.spendsAttempt ? undefined : retryDelaysMs.at(-1));
      if (delayMs === undefined) {
        return {
          do: 'dead-letter',
          reason: `gave up after ${attempt.toString()} attempts: ${reason}`,
          cause: 'exhausted',
        };
      }
      return { do: 'delay', delayMs, nextAttempt: outcome.spendsAttempt ? attempt + 1 : attempt, reason };
    }
  }
}
