import { BATCH_STATUSES, type BatchStatus } from '#contracts';

interface Transition {
  /** The statuses that the statement changes; none for the one that makes a batch. */
  readonly from: readonly BatchStatus[];
  /** The statuses it can lead to, and when it leads there. */
  readonly to: Readonly<Partial<Record<BatchStatus, string>>>;
}

/**
 * Every change of a status. The statements of lifecycle.queries.ts take their condition from here, and
 * docs/state-machines.md its diagram.
 */
export const TRANSITIONS = {
  accept: { from: [], to: { received: 'upload-api has stored the file' } },
  startSplitting: { from: ['received', 'splitting'], to: { splitting: 'file-splitter has read the head' } },
  finishSplitting: { from: ['splitting'], to: { processing: 'the last byte was seen' } },
  close: {
    from: ['processing'],
    to: {
      completed: 'every row has an outcome, none rejected or dead',
      completed_with_rejections: 'every row has an outcome, some rejected or dead',
    },
  },
  fail: { from: ['received', 'splitting'], to: { failed: 'the file cannot be read' } },
  cancel: { from: ['received', 'splitting', 'processing'], to: { cancelled: 'POST …/cancel' } },
  reopen: {
    from: ['completed', 'completed_with_rejections'],
    to: { processing: 'a dead letter of its rows is replayed' },
  },
  revive: {
    from: ['failed'],
    to: {
      received: 'the dead letter of its file is replayed',
      splitting: 'the same, of a file that was begun',
    },
  },
} as const satisfies Record<string, Transition>;

export type TransitionName = keyof typeof TRANSITIONS;

/** The statuses in which rows still get outcomes: what a cancellation can come from. */
const OPEN: readonly BatchStatus[] = TRANSITIONS.cancel.from;

/** The statuses of a batch of which every row was dealt with. */
const COMPLETE_STATUSES: readonly BatchStatus[] = TRANSITIONS.reopen.from;

/** The statuses of a batch to which nothing will be added by itself. Its e-mails may still be on their way. */
export const ENDED_STATUSES: readonly BatchStatus[] = BATCH_STATUSES.filter((status) => !OPEN.includes(status));

/** True if nothing will be added to the batch by itself. */
export function hasEnded(status: BatchStatus): boolean {
  return ENDED_STATUSES.includes(status);
}

/** True if every row of the batch was dealt with. */
export function isComplete(status: BatchStatus): boolean {
  return COMPLETE_STATUSES.includes(status);
}

/** True if the named change can be made to a batch in this status. */
export function allows(name: TransitionName, status: BatchStatus): boolean {
  const { from }: Transition = TRANSITIONS[name];
  return from.includes(status);
}
