import { failureClasses, type FailureClass } from '#contracts';
import type { Outcome } from './outcome.ts';

/** The action that the consumer loop takes with the message. */
export type Settlement =
  | { readonly do: 'ack' }
  | { readonly do: 'delay'; readonly delayMs: number; readonly nextAttempt: number; readonly reason: string }
  | { readonly do: 'dead-letter'; readonly reason: string; readonly failureClass: FailureClass };

/**
 * Decides between ack, delay and dead letter. Pure: the consumer loop only executes the decision. `attempt` is 1 at the
 * first delivery. `retryDelaysMs` is the ladder, shortest step first; every delay is one of its steps.
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
      // A delivery that spends no attempt waits as long as its next step would take, or as the last one.
      const delayMs = rung ?? retryDelaysMs.at(-1);
      if (delayMs !== undefined) return { do: 'delay', delayMs, nextAttempt: attempt, reason };
    }
  }
  return { do: 'dead-letter', reason: `gave up after ${attempt.toString()} attempts: ${reason}`, failureClass };
}
