import type { HandledFailureClass } from '#contracts';
import { AmbiguousCommitError, databaseTrouble } from '#database';
import { StorageKeyNotFoundError, StorageUnavailableError } from '#storage';

interface ErrorRule {
  readonly is: (error: unknown) => boolean;
  readonly failureClass: HandledFailureClass;
}

/**
 * Rules for the class of a thrown error; the first match decides. They use the error's type and code, never its text.
 */
const errorRules: readonly ErrorRule[] = [
  { is: (error) => databaseTrouble(error) === 'busy', failureClass: 'throttled' },
  { is: (error) => databaseTrouble(error) === 'away', failureClass: 'unavailable' },
  // The next delivery shows whether it was committed: it finds its inbox row, or does the work.
  { is: (error) => error instanceof AmbiguousCommitError, failureClass: 'unavailable' },
  { is: (error) => error instanceof StorageUnavailableError, failureClass: 'unavailable' },
  // The storage answers and has no such file. An empty mount point looks the same, so the class is not `permanent`.
  { is: (error) => error instanceof StorageKeyNotFoundError, failureClass: 'transient' },
];

export function classifyError(error: unknown): HandledFailureClass {
  return errorRules.find(({ is }) => is(error))?.failureClass ?? 'unknown';
}
