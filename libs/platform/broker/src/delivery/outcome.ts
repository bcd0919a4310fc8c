import type { HandledFailureClass } from '#contracts';

/** The result of a delivery. A thrown error is a failure of the class that `classifyError` finds. */
export type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly failureClass: HandledFailureClass; readonly reason: string };

/** The work is committed, or there was none to do. */
export const done: Outcome = { kind: 'done' };

/** Tries again later. After the last step of the retry ladder the message becomes a dead letter. */
export function retry(reason: string): Outcome {
  return failed('transient', reason);
}

/**
 * Tries again later without spending an attempt, because the message did not cause the failure. `unavailable`: a
 * provider is away; many of these open the stage's breaker. `throttled`: there is too much to do at once.
 */
export function postpone(reason: string, failureClass: 'unavailable' | 'throttled' = 'unavailable'): Outcome {
  return failed(failureClass, reason);
}

/** Never tries again: the message becomes a dead letter at once. */
export function reject(reason: string): Outcome {
  return failed('permanent', reason);
}

export function failed(failureClass: HandledFailureClass, reason: string): Outcome {
  return { kind: 'failed', failureClass, reason };
}
