import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { closeFinishedBatches, haveReleasedBatches } from '#batches';
import { withTransaction } from '#database';
import type { Logger } from '#observability';
import { LOGGER, RepeatingTask, type Lifecycle } from '#process';
import { CONFIG, type Config } from '../config.ts';
import { WakeUps } from '../relay/wake-ups.ts';
import { forgetDryRuns } from './close-batches.queries.ts';

/**
 * Ends each batch whose rows all have an outcome. Notified when outcomes are committed. One loop compares sums, because
 * two last chunks that commit together would each miss the other.
 */
@Injectable()
export class CloseBatchesLoop implements Lifecycle {
  readonly #task: RepeatingTask;

  constructor(
    dataSource: DataSource,
    @Inject(LOGGER) logger: Logger,
    @Inject(CONFIG) config: Pick<Config, 'RELAY_POLL_MS'>,
    wakeUps: WakeUps,
  ) {
    this.#task = new RepeatingTask('close-batches', config.RELAY_POLL_MS, logger, async () => {
      if (!(await haveReleasedBatches(dataSource.manager))) return;
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
    wakeUps.on('billing_progress', () => {
      this.#task.wake();
    });
  }

  start(): void {
    this.#task.start();
  }

  async stop(): Promise<void> {
    await this.#task.stop();
  }
}
