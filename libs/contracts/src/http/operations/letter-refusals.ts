/** Why a letter cannot be replayed. Stable: they are counted, stored and shown. */
export const refusals = {
  NOT_FOUND: 'There is no such letter.',
  NOT_OPEN: 'It was replayed or discarded before.',
  NOT_DISCARDED: 'It was not discarded: there is nothing to restore.',
  BODY_UNREADABLE: 'Its body is no message of this version of the system.',
  BATCH_NOT_FOUND: 'Its batch does not exist.',
  BATCH_CANCELLED: 'Its batch was cancelled: what was not begun will not be done.',
  BATCH_FAILED: 'Its batch has failed. If its file has a dead letter of its own, replay that one first.',
  BATCH_NOT_FINISHED: 'Its batch is being processed: its boletos are not all there.',
  BATCH_HALF_DONE: 'A part of a chunk was being halved when its batch failed: send the file again.',
  DRY_RUN_ENDED: 'Its batch was only validated, and has ended: send the file again.',
  FILE_SENT_AGAIN: 'The same file was sent again, and is a batch of its own.',
  FILE_REMOVED: 'The file of its batch is not kept any more.',
  DEBTORS_REMOVED:
    'Whom it is about was removed when DEBTOR_RETENTION_DAYS were over: a boleto would be for nobody. Send the rows under new ids.',
  ROWS_SENT_AGAIN: 'Rows of it were sent again, and belong to another batch now.',
  EXPORT_ASKED_AGAIN: 'Another export of its batch was asked for.',
  EXPORT_OUTDATED: 'Its batch has got more boletos since: ask for another export.',
  EXPORT_CLEARING: 'What it had made is still being cleared away: try again in a moment.',
} as const;

export type RefusalCode = keyof typeof refusals;
