import type { HandledFailureClass } from '#contracts';

/** What a handler says of a delivery. A thrown error is a failure of the class that `classifyError` finds. */
export type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly failureClass: HandledFailureClass; readonly reason: string };

/** The work is committed, or there was none to do. */
export const done: Outcome = { kind: 'done' };

/** Try again later. After the last rung of the ladder the message is a dead letter. */
export function retry(reason: string): Outcome {
  return failed('transient', reason);
}

/**
 * Try again later without spending an attempt: the message is innocent. `unavailable`: a provider is away, and many of
 * these open the stage's breaker. `throttled`: there is too much to do at once.
 */
export function postpone(reason: string, failureClass: 'unavailable' | 'throttled' = 'unavailable'): Outcome {
  return failed(failureClass, reason);
}

/** Never try again: a dead letter at once. */
export function reject(reason: string): Outcome {
  return failed('permanent', reason);
}

export function failed(failureClass: HandledFailureClass, reason: string): Outcome {
  return { kind: 'failed', failureClass, reason };
}
