import { failureClasses, type FailureClass } from '#contracts';
import type { Outcome } from './outcome.ts';

/** What the consumer loop does with the message. */
export type Settlement =
  | { readonly do: 'ack' }
  | { readonly do: 'delay'; readonly delayMs: number; readonly nextAttempt: number; readonly reason: string }
  | { readonly do: 'dead-letter'; readonly reason: string; readonly failureClass: FailureClass };

/**
 * Decides ack, delay or dead letter. Pure: the consumer loop only obeys.
 * `attempt` is 1 at the first delivery; `retryDelaysMs` is the ladder, shortest rung first. A delay is a rung of it.
 */
export function settle(retryDelaysMs: readonly number[], attempt: number, outcome: Outcome): Settlement {
  if (outcome.kind === 'done') return { do: 'ack' };
  const { failureClass, reason } = outcome;
  const rung = retryDelaysMs[attempt - 1];
  switch (failureClasses[failureClass].fate) {
    case 'bury':
      return { do: 'dead-letter', reason, failureClass };
    case 'climb':
      if (rung !== undefined) return { do: 'delay', delayMs: rung, nextAttempt: attempt + 1, reason };
      break;
    case 'postpone': {
      // An attempt that is not spent waits on the rung it would have climbed, or on the last one.
      const delayMs = rung ?? retryDelaysMs.at(-1);
      if (delayMs !== undefined) return { do: 'delay', delayMs, nextAttempt: attempt, reason };
    }
  }
  return { do: 'dead-letter', reason: `gave up after ${attempt.toString()} attempts: ${reason}`, failureClass };
}
