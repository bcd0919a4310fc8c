import { Inject, Injectable } from '@nestjs/common';
import { Tenancy, type Principal, type TenantDb } from '#access';
import { hasEnded } from '#batches';
import type { BatchView } from '#contracts/http';
import { RefreshingCache } from '../../refreshing-cache.ts';
import { PUBLIC_URL } from '../../tokens.ts';
import { batchView, isSettled } from '../batch-view.ts';
import { hasBatch } from '../batch.queries.ts';
import {
  findBatch,
  sumIssued,
  sumNotifications,
  type BatchFacts,
  type NotificationCounts,
} from '../batches.queries.ts';

/** A million e-mails are about 50,000 rows to sum: however many ask, it is done once a second for each batch. */
const COUNTS_FRESH_MS = 1_000;
/** `batch.schema.ts` promises it. */
const COUNTS_STALE_MS = 2_000;
/** About 200 bytes each. */
const CACHED_BATCHES_MAX = 1_000;

const clock = (): number => performance.now();

export interface BatchNow {
  readonly view: BatchView;
  /** Nothing about it will change by itself any more. */
  readonly settled: boolean;
}

/** The state of a batch: one statement, for what takes more comes from a cache. */
@Injectable()
export class BatchReader {
  readonly #counts = new RefreshingCache<NotificationCounts>({
    freshMs: COUNTS_FRESH_MS,
    staleMs: COUNTS_STALE_MS,
    entriesMax: CACHED_BATCHES_MAX,
    clock,
  });
  readonly #amounts = new RefreshingCache<bigint>({
    freshMs: Infinity,
    staleMs: Infinity,
    entriesMax: CACHED_BATCHES_MAX,
    clock,
  });

  constructor(
    private readonly tenancy: Tenancy,
    @Inject(PUBLIC_URL) private readonly baseUrl: string,
  ) {}

  /** Undefined if there is no such batch of the caller's. */
  async read(caller: Principal, batchId: string): Promise<BatchNow | undefined> {
    const found = await this.tenancy.readAsTenant(caller, (db) => this.#look(db, batchId));
    if (found === undefined) return undefined;
    const { facts, counts, amount } = found;
    // Not beside those statements: it would take a second connection, and to open one takes longer than all.
    this.#counts.renew(batchId, () => this.tenancy.readAsTenant(caller, (db) => sumNotifications(db, batchId)));

    const view = batchView(facts, counts, amount, { baseUrl: this.baseUrl, now: new Date() });
    return { view, settled: isSettled(facts, counts) };
  }

  async #look(db: TenantDb, batchId: string) {
    // A caller that does not see the batch would count nothing, which must not be kept for those that do.
    if (this.#counts.known(batchId) === undefined && !(await hasBatch(db, batchId))) return undefined;
    // The counts first: what was notified had been issued, so the issued are never fewer than they.
    const counts = await this.#counts.get(batchId, () => sumNotifications(db, batchId));
    const facts = await findBatch(db, batchId);
    return facts === undefined ? undefined : { facts, counts, amount: await this.#amountOf(db, facts) };
  }

  /** Null while boletos are being issued by parts that do not say what they amount to. */
  async #amountOf(db: TenantDb, facts: BatchFacts): Promise<bigint | null> {
    const { id, status, boletos, issuedCentavos } = facts;
    if (issuedCentavos !== undefined) return issuedCentavos;
    if (!hasEnded(status)) return null;
    // Kept under the count it belongs to, so that a replayed boleto is not missed.
    return await this.#amounts.get(`${id} ${boletos.toString()}`, () => sumIssued(db, id));
  }
}
