import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Logger } from '#observability';
import { LOGGER, RepeatingTask, type Lifecycle } from '#process';
import { CONFIG, type Config } from '../config.ts';
import { WakeUps } from '../relay/wake-ups.ts';
import { releaseDue } from './release-chunks.ts';

/**
 * Keeps a few chunks of each organization in progress, so that no file waits behind all the files of another one, and
 * a small file never behind a whole large one. Notified when chunks are split or finished. A round without a waiting
 * batch costs one index lookup.
 */
@Injectable()
export class ReleaseChunksLoop implements Lifecycle {
  readonly #task: RepeatingTask;

  constructor(
    dataSource: DataSource,
    @Inject(LOGGER) logger: Logger,
    @Inject(CONFIG) config: Pick<Config, 'CHUNKS_IN_FLIGHT' | 'RELAY_POLL_MS'>,
    wakeUps: WakeUps,
  ) {
    this.#task = new RepeatingTask('release-chunks', config.RELAY_POLL_MS, logger, async () => {
      const released = await releaseDue(dataSource, config.CHUNKS_IN_FLIGHT);
      if (released.length > 0) {
        logger.debug('chunks released', { event: 'chunks.released', chunks: released.length });
      }
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
