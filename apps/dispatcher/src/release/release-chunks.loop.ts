import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Logger } from '#observability';
import { LOGGER, RepeatingTask, type Loop } from '#process';
import type { Config } from '../config.ts';
import { RELAY_CONFIG } from '../relay/relay-config.ts';
import { releaseDue } from './release-chunks.ts';
import { WakeUps } from '../relay/wake-ups.ts';

export const CHUNKS_IN_FLIGHT = Symbol('chunks in flight');

/**
 * Keeps a few chunks of each batch in progress, so that a small file never waits behind a whole large one. Notified
 * when chunks are split or finished. A round without a waiting batch costs one index lookup.
 */
@Injectable()
export class ReleaseChunksLoop implements Loop {
  private readonly task: RepeatingTask;

  constructor(
    dataSource: DataSource,
    @Inject(LOGGER) logger: Logger,
    @Inject(CHUNKS_IN_FLIGHT) chunksInFlight: number,
    @Inject(RELAY_CONFIG) config: Pick<Config, 'RELAY_POLL_MS'>,
    wakeUps: WakeUps,
  ) {
    this.task = new RepeatingTask('release-chunks', config.RELAY_POLL_MS, logger, async () => {
      const released = await releaseDue(dataSource, chunksInFlight);
      if (released.length > 0) {
        logger.debug('chunks released', { event: 'chunks.released', chunks: released.length });
      }
    });
    wakeUps.on('billing_progress', () => {
      this.task.wake();
    });
  }

  start(): void {
    this.task.start();
  }

  async stop(): Promise<void> {
    await this.task.stop();
  }
}
