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
 * Progress of a round of retention, in memory: a round that begins anew walks over the same rows again and changes
 * nothing.
 */
export class BlankRound {
  /** Issuers of whom a part is in hand: their turn comes in a later round. */
  readonly busyIssuers = new Set<string>();
  readonly #walks = new Map<string, { readonly version: string; readonly place: Place }>();

  /** Where the walk over a batch stands, if the batch is as it was then. */
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
 * One transaction of the retention of personal data: at most `limit` rows of one batch, and the mark when nothing is
 * left in it. An issuer whose turn it cannot be now is left out of the rest of the round. 0 when no batch is due.
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
  // After the commit: what was rolled back is still to be blanked.
  else round.remember(batch, page.next);
  return { steps: 1, rows: page?.rows ?? 0 };
}

/** The file goes first: when this dies in between, the export is found again and removing nothing is fine. */
export async function removeExport(dataSource: DataSource, storage: Storage, days: number): Promise<number> {
  return await withTransaction(dataSource, async (tx) => {
    const expired = await lockExpiredExport(tx, days);
    if (expired === undefined) return 0;
    if (expired.storageKey !== null) await storage.remove(expired.storageKey);
    await deleteExport(tx, expired.id);
    return 1;
  });
}
