/** What a handler says of a delivery. A thrown error is a `retry` that names the error. */
export type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'retry'; readonly reason: string; readonly spendsAttempt: boolean }
  | { readonly kind: 'reject'; readonly reason: string };

/** The work is committed, or there was none to do. */
export const done: Outcome = { kind: 'done' };

/** Try again later. After the last rung of the ladder the message is a dead letter. */
export function retry(reason: string): Outcome {
  return { kind: 'retry', reason, spendsAttempt: true };
}

/** Try again later without spending an attempt: a dependency is down, the message is innocent. */
export function postpone(reason: string): Outcome {
  return { kind: 'retry', reason, spendsAttempt: false };
}

/** Never try again: a dead letter at once. */
export function reject(reason: string): Outcome {
  return { kind: 'reject', reason };
}
