import type { RowAccount } from '#batches';

/**
 * True if read = accepted + duplicate + rejected + dead. Null while it cannot be told: the file is still being read, or
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
