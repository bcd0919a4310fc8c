/** The consequences of a failure. */
interface FailureRule {
  /**
   * park: kept as it came, for it cannot be read. bury: a dead letter now. climb: the next rung of the ladder, a dead
   * letter after the last. postpone: the same rung again, as often as it takes, without spending an attempt.
   */
  readonly fate: 'park' | 'bury' | 'climb' | 'postpone';
  /** A provider is away: many of these open the stage's breaker. */
  readonly opensBreaker: boolean;
  /** One row of many may be guilty: once it has died, a part of a chunk is halved and its halves are tried alone. */
  readonly halves: boolean;
}

/**
 * The one table of what can go wrong with a delivery. A bad row is none of these: its handler records a rejection, and
 * the delivery is done.
 */
export const failureClasses = {
  /** A message that breaks its schema. */
  invalid: { fate: 'park', opensBreaker: false, halves: false },
  /** It would fail again as it is: what it is about does not exist, or is refused for good. */
  permanent: { fate: 'bury', opensBreaker: false, halves: false },
  /** It may succeed later, and the failure is its own. */
  transient: { fate: 'climb', opensBreaker: false, halves: false },
  /** Too much at once: a rate limit, ours or a provider's, or contention. The message is innocent. */
  throttled: { fate: 'postpone', opensBreaker: false, halves: false },
  /** A provider is away: database, storage, mail server. The message is innocent. */
  unavailable: { fate: 'postpone', opensBreaker: true, halves: false },
  /** An unforeseen failure. */
  unknown: { fate: 'climb', opensBreaker: false, halves: true },
  /** It took its worker with it, again and again: the broker says so, and has taken it out by itself. */
  crash: { fate: 'bury', opensBreaker: false, halves: true },
} as const satisfies Readonly<Record<string, FailureRule>>;

export type FailureClass = keyof typeof failureClasses;

export const failureClassNames: readonly FailureClass[] = Object.keys(failureClasses).filter(isFailureClass);

/** The classes that a delivery can come to in a handler. */
export type HandledFailureClass = Exclude<FailureClass, 'invalid' | 'crash'>;

/** True if a value from a header or a row names a failure class. */
export function isFailureClass(value: unknown): value is FailureClass {
  return typeof value === 'string' && Object.hasOwn(failureClasses, value);
}
