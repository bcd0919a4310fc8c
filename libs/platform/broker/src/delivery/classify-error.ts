import type { HandledFailureClass } from '#contracts';
import { AmbiguousCommitError, databaseTrouble } from '#database';
import { StorageKeyNotFoundError, StorageUnavailableError } from '#storage';

interface ErrorRule {
  readonly is: (error: unknown) => boolean;
  readonly failureClass: HandledFailureClass;
}

/** Of which class a thrown error is: the first rule that knows it. By class and code, never by its text. */
const errorRules: readonly ErrorRule[] = [
  { is: (error) => databaseTrouble(error) === 'busy', failureClass: 'throttled' },
  { is: (error) => databaseTrouble(error) === 'away', failureClass: 'unavailable' },
  // Whether it was committed is seen at the next delivery: it finds its inbox row, or does the work.
  { is: (error) => error instanceof AmbiguousCommitError, failureClass: 'unavailable' },
  { is: (error) => error instanceof StorageUnavailableError, failureClass: 'unavailable' },
  // A storage that answers and has no such file: an empty mount point looks the same, so not `permanent`.
  { is: (error) => error instanceof StorageKeyNotFoundError, failureClass: 'transient' },
];

export function classifyError(error: unknown): HandledFailureClass {
  return errorRules.find(({ is }) => is(error))?.failureClass ?? 'unknown';
}
