import { Inject, Injectable } from '@nestjs/common';
import type { Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { claimPart, recordPart, restOf, rowMetrics, type RowMetrics } from '#batches';
import { done, reject, type Delivery, type Handler, type Outcome } from '#broker';
import { enqueue, enqueueAll } from '#outbox';
import { METRICS, STORAGE } from '#process';
import type { Storage } from '#storage';
import { findChunk, insertRejections, type ChunkToValidate } from './chunk.queries.ts';
import { CONFIG, type Config } from './config.ts';
import { ChunkReader, rowCount } from './reading/chunk-reader.ts';
import { conflictRows } from './reading/parse-chunk.ts';
import { warmUpParsing } from './reading/warm-up.ts';
import { DebtStore } from './storing/debt-store.ts';
import { DryRunStore } from './storing/dry-run-store.ts';
import type { RowStore } from './storing/row-store.ts';

type ValidateQueue = 'chunk-validator.chunks' | 'chunk-validator.suspects';

/** chunk.ready.v1 → debtors of the part; then its debts, its rejections and its counts, in one transaction. */
@Injectable()
export class ValidateChunkHandler implements Handler<ValidateQueue> {
  readonly queues = ['chunk-validator.chunks', 'chunk-validator.suspects'] as const;
  readonly #reader: ChunkReader;
  readonly #stores: Readonly<Record<ChunkToValidate['mode'], RowStore>>;
  readonly #rows: RowMetrics;

  constructor(
    private readonly dataSource: DataSource,
    @Inject(STORAGE) storage: Storage,
    @Inject(CONFIG) private readonly config: Pick<Config, 'TIME_ZONE' | 'FAST_PATHS'>,
    @Inject(METRICS) metrics: Registry,
  ) {
    this.#reader = new ChunkReader(storage, config);
    this.#stores = {
      process: new DebtStore(dataSource, { fastPaths: config.FAST_PATHS }),
      validate: new DryRunStore(),
    };
    this.#rows = rowMetrics(metrics, 'validate');
  }

  async handle({ message: part, isAlone, commit }: Delivery<ValidateQueue>): Promise<Outcome> {
    const chunk = await findChunk(this.dataSource.manager, part);
    if (chunk === undefined) return reject(`chunk ${part.chunkNo.toString()} of batch ${part.batchId} does not exist`);
    if (chunk.batchStatus === 'cancelled' || chunk.batchStatus === 'failed') return done;
    const store = this.#stores[chunk.mode];
    return await store.attempt(part.batchId, async (likelyNew) => {
      const parsed = await this.#reader.read(chunk, part, likelyNew);
      const write = await store.prepare(parsed.good, { issuerId: chunk.issuerId, ...part });
      const counts = { accepted: 0, duplicate: 0, rejected: 0 };
      const outcome = await commit(async (tx) => {
        if (!(await claimPart(tx, 'validate', part))) {
          // No other message need be about the rest of neighbours that are tried again together (ADR 33).
          if (isAlone) await enqueueAll(tx, 'suspect.ready.v1', await restOf(tx, 'validate', part));
          return done;
        }
        const { accepted, duplicates, conflicts } = await write(tx);
        const rejected = [...parsed.bad, ...conflictRows(parsed, conflicts)];
        Object.assign(counts, { accepted, duplicate: duplicates.length, rejected: rejected.length });
        await insertRejections(tx, part, rejected);
        await recordPart(tx, 'validate', part, { rows: rowCount(parsed), ...counts });
        if (chunk.mode === 'process' && accepted > 0) await enqueue(tx, 'chunk.validated.v1', part);
        return done;
      });
      for (const kind of ['accepted', 'duplicate', 'rejected'] as const) this.#rows.rows(kind, counts[kind]);
      return outcome;
    });
  }

  async warmUp(): Promise<void> {
    await warmUpParsing(this.config.TIME_ZONE, { fastPaths: this.config.FAST_PATHS });
  }
}
