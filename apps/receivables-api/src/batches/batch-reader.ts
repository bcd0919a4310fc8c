import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { RefreshingCache } from '../refreshing-cache.ts';
import { PUBLIC_URL } from '../tokens.ts';
import type { BatchView } from './batch.schema.ts';
import { batchView, hasEnded, isSettled, type SettledFacts } from './batch-view.ts';
import {
  type BatchFacts,
  countNotifications,
  findBatch,
  lastNotifiedAt,
  type NotificationCounts,
  sumIssued,
} from './batches.queries.ts';

/** Counting a million notifications takes 0.1 s: however many ask, it is done once a second for each batch. */
const COUNTS_FRESH_MS = 1_000;
const COUNTS_STALE_MS = 5_000;
/** About 200 bytes each. */
const CACHED_BATCHES_MAX = 1_000;

const clock = (): number => performance.now();
const forEver = { freshMs: Infinity, staleMs: Infinity, entriesMax: CACHED_BATCHES_MAX, clock };

export interface BatchNow {
  readonly view: BatchView;
  /** Nothing about it will change by itself any more. */
  readonly settled: boolean;
}

/** The state of a batch: one round trip, for what takes more comes from a cache. */
@Injectable()
export class BatchReader {
  private readonly counts = new RefreshingCache<NotificationCounts>({
    freshMs: COUNTS_FRESH_MS,
    staleMs: COUNTS_STALE_MS,
    entriesMax: CACHED_BATCHES_MAX,
    clock,
  });
  private readonly amounts = new RefreshingCache<bigint>(forEver);
  private readonly notifiedAt = new RefreshingCache<Date | null>(forEver);

  constructor(
    private readonly dataSource: DataSource,
    @Inject(PUBLIC_URL) private readonly baseUrl: string,
  ) {}

  /** Undefined if there is no such batch. */
  async read(batchId: string): Promise<BatchNow | undefined> {
    // The counts first: what was notified had been issued, so the issued are never fewer than they.
    const counts = await this.counts.get(batchId, () => countNotifications(this.dataSource, batchId));
    const facts = await findBatch(this.dataSource, batchId);
    if (facts === undefined) return undefined;

    const settled = isSettled(facts, counts);
    const view = batchView(facts, counts, await this.settledFacts(facts, counts, settled), {
      baseUrl: this.baseUrl,
      now: new Date(),
    });
    return { view, settled };
  }

  /** Kept under the counts they belong to, so that a replayed notification or boleto is not missed. */
  private async settledFacts(
    facts: BatchFacts,
    { sent, failed }: NotificationCounts,
    settled: boolean,
  ): Promise<SettledFacts> {
    const { id, issue } = facts;
    const issued = `${id} ${issue.accepted.toString()}`;
    const notified = `${id} ${sent.toString()} ${failed.toString()}`;
    return {
      amountCentavos: hasEnded(facts) ? await this.amounts.get(issued, () => sumIssued(this.dataSource, id)) : null,
      notifiedAt:
        settled && sent + failed > 0
          ? await this.notifiedAt.get(notified, () => lastNotifiedAt(this.dataSource, id))
          : null,
    };
  }
}
