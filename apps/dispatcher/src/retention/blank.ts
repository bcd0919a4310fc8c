import type { DataSource } from 'typeorm';
import { withTransaction } from '#database';
import type { Storage } from '#storage';
import {
  blankPage,
  deleteExport,
  lockExpiredExport,
  lockToBlank,
  markBlanked,
  type BatchToBlank,
  type Blanked,
  type Place,
} from './blank.queries.ts';

/**
 * Progress of a round of retention, in memory. A round that starts again walks over the same rows and changes nothing.
 */
export class BlankRound {
  /** Issuers with a part in hand: their turn comes in a later round. */
  readonly busyIssuers = new Set<string>();
  readonly #walks = new Map<string, { readonly version: string; readonly place: Place }>();

  /** Position of the walk over a batch, valid while the batch is unchanged. */
  placeIn({ id, version }: BatchToBlank): Place | undefined {
    const walk = this.#walks.get(id);
    return walk?.version === version ? walk.place : undefined;
  }

  /** Undefined when the walk has ended. */
  remember({ id, version }: BatchToBlank, place: Place | undefined): void {
    if (place === undefined) this.#walks.delete(id);
    else this.#walks.set(id, { version, place });
  }
}

/**
 * Does one transaction of the retention of personal data: at most `limit` rows of one batch, and the mark when the
 * batch holds nothing more. A busy issuer is left out of the rest of the round. Returns 0 when no batch is due.
 */
export async function blankStep(
  dataSource: DataSource,
  what: Blanked,
  { days, limit }: { readonly days: number; readonly limit: number },
  round: BlankRound,
): Promise<{ readonly steps: number; readonly rows: number }> {
  const done = await withTransaction(dataSource, async (tx) => {
    const batch = await lockToBlank(tx, what, days, round.busyIssuers);
    if (batch === undefined) return undefined;
    const page = await blankPage[what](tx, batch.id, round.placeIn(batch), limit);
    if (page !== undefined && page.next === undefined) await markBlanked(tx, what, batch.id);
    return { batch, page };
  });
  if (done === undefined) return { steps: 0, rows: 0 };
  const { batch, page } = done;
  if (page === undefined) round.busyIssuers.add(batch.issuerId);
  // After the commit, because a transaction that was rolled back has blanked nothing.
  else round.remember(batch, page.next);
  return { steps: 1, rows: page?.rows ?? 0 };
}

/**
 * Removes the file first. If the process dies in between, the export is found again, and removing a missing file is
 * harmless.
 */
export async function removeExport(dataSource: DataSource, storage: Storage, days: number): Promise<number> {
  return await withTransaction(dataSource, async (tx) => {
    const expired = await lockExpiredExport(tx, days);
    if (expired === undefined) return 0;
    if (expired.storageKey !== null) await storage.remove(expired.storageKey);
    await deleteExport(tx, expired.id);
    return 1;
  });
}
