/** What became of the rows of a batch at one stage: the sums of its chunk_results. */
export interface StageSums {
  readonly rows: number;
  readonly accepted: number;
  readonly duplicate: number;
  readonly rejected: number;
  readonly dead: number;
}

export interface RowAccount {
  /** Rows of the file, header and blank lines left out; null until its last byte has been seen. */
  readonly read: number | null;
  readonly accepted: number;
  readonly duplicate: number;
  readonly rejected: number;
  readonly dead: number;
}

/**
 * What became of every row so far. A row is accepted by the validator; when no boleto can be made of it all the same,
 * the issue stage takes it from the accepted ones and says what it is instead, so each row is counted once.
 */
export function accountForRows(rowsRead: number | null, validate: StageSums, issue: StageSums): RowAccount {
  return {
    read: rowsRead,
    accepted: validate.accepted - issue.duplicate - issue.rejected - issue.dead,
    duplicate: validate.duplicate + issue.duplicate,
    rejected: validate.rejected + issue.rejected,
    dead: validate.dead + issue.dead,
  };
}

/**
 * Whether read = accepted + duplicate + rejected + dead. Null while it cannot be told: the file is still being read, or
 * rows of it wait for their validation. Once `complete` (the batch says that all its rows were dealt with) it can.
 */
export function identityHolds(account: RowAccount, complete: boolean): boolean | null {
  if (account.read === null) return null;
  const accounted = account.accepted + account.duplicate + account.rejected + account.dead;
  if (accounted < account.read && !complete) return null;
  return accounted === account.read;
}

export interface Notified {
  readonly sent: number;
  readonly failed: number;
}

/**
 * A boleto's notification is pending until its outcome is known, also before the notifier has come to it. The counts
 * are not from one instant, so a boleto just issued and notified may be in one and not yet in the other: never below 0.
 */
export function pendingNotifications(issued: number, { sent, failed }: Notified): number {
  return Math.max(0, issued - sent - failed);
}
