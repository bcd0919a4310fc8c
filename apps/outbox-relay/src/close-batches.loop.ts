import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { withTransaction } from '#database';
import type { Logger } from '#observability';
import { LOGGER, RepeatingTask, type Loop } from '#service';
import { closeFinishedBatches, forgetDryRuns } from './close-batches.queries.ts';

const EVERY_MS = 250;

/**
 * Ends each batch whose rows all have an outcome. One loop that looks at sums, instead of the last chunk noticing
 * that it is the last: two last chunks that commit together would each see the other missing.
 */
@Injectable()
export class CloseBatchesLoop implements Loop {
  private readonly task: RepeatingTask;

  constructor(dataSource: DataSource, @Inject(LOGGER) logger: Logger) {
    this.task = new RepeatingTask('close-batches', EVERY_MS, logger, async () => {
      const closed = await withTransaction(dataSource, async (tx) => {
        const batches = await closeFinishedBatches(tx);
        await forgetDryRuns(
          tx,
          batches.filter(({ mode }) => mode === 'validate').map(({ batchId }) => batchId),
        );
        return batches;
      });
      for (const batch of closed) logger.info('batch finished', { event: 'batch.finished', ...batch });
    });
  }

  start(): void {
    this.task.start();
  }

  async stop(): Promise<void> {
    await this.task.stop();
  }
}
