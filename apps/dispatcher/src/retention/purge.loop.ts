import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Logger } from '#observability';
import { LOGGER, RepeatingTask, STORAGE, type Lifecycle } from '#process';
import type { Storage } from '#storage';
import { CONFIG } from '../config.ts';
import { purge, removeOrphans, type Retention } from './purge.ts';

const EVERY_MS = 10 * 60 * 1_000;
/** Interval of the search for orphans, which looks at every stored file. */
const ORPHANS_EVERY_MS = 24 * 60 * 60 * 1_000;
/** Rows in one transaction, so that it stays short after a backlog. */
const BATCH_MAX = 1_000;

/** Removes expired data every ten minutes, and once a day the uploads without a batch. */
@Injectable()
export class PurgeLoop implements Lifecycle {
  readonly #task: RepeatingTask;
  readonly #orphans: RepeatingTask;
  readonly #stopping = new AbortController();

  constructor(
    dataSource: DataSource,
    @Inject(STORAGE) storage: Storage,
    @Inject(LOGGER) logger: Logger,
    @Inject(CONFIG) retention: Retention,
  ) {
    this.#task = new RepeatingTask('purge', EVERY_MS, logger, async () => {
      const purged = await purge(dataSource, storage, retention, {
        signal: this.#stopping.signal,
        batchMax: BATCH_MAX,
      });
      if (Object.values(purged).some((count) => count > 0)) logger.info('purged', { event: 'purge.done', ...purged });
    });
    this.#orphans = new RepeatingTask('orphans', ORPHANS_EVERY_MS, logger, async () => {
      const limits = { signal: this.#stopping.signal, batchMax: BATCH_MAX, now: new Date() };
      const orphans = await removeOrphans(dataSource, storage, retention, limits);
      if (orphans > 0) logger.info('uploads without a batch removed', { event: 'purge.orphans', orphans });
    });
  }

  start(): void {
    this.#task.start();
    this.#orphans.start();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([this.#task.stop(), this.#orphans.stop()]);
  }
}
