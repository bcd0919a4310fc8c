import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Logger } from '#observability';
import { LOGGER, RepeatingTask, type Loop } from '#service';
import { releaseDue } from './release-chunks.ts';

export const CHUNKS_IN_FLIGHT = Symbol('chunks in flight');

/** A chunk takes longer than this at each stage. Without a batch that waits, a round is one look at an index. */
const EVERY_MS = 100;

/** Keeps a few chunks of each batch on their way, so that a small file never waits behind all of a large one. */
@Injectable()
export class ReleaseChunksLoop implements Loop {
  private readonly task: RepeatingTask;

  constructor(
    dataSource: DataSource,
    @Inject(LOGGER) logger: Logger,
    @Inject(CHUNKS_IN_FLIGHT) chunksInFlight: number,
  ) {
    this.task = new RepeatingTask('release-chunks', EVERY_MS, logger, async () => {
      const released = await releaseDue(dataSource, chunksInFlight);
      if (released.length > 0) {
        logger.debug('chunks released', { event: 'chunks.released', chunks: released.length });
      }
    });
  }

  start(): void {
    this.task.start();
  }

  async stop(): Promise<void> {
    await this.task.stop();
  }
}
