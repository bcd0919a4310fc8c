import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Listener } from '#database';
import type { Logger } from '#observability';
import { LOGGER, type Lifecycle } from '#process';

/**
 * Channels on which database triggers notify at commit: there are messages, or a batch has made progress. On the last
 * one a worker says that a queue or an exchange is missing.
 */
const channels = ['billing_outbox', 'billing_progress', 'billing_topology'] as const;

type Channel = (typeof channels)[number];

/** Wakes the loops of this app when there is something for them to do. */
@Injectable()
export class WakeUps implements Lifecycle {
  readonly #listener: Listener<Channel>;
  readonly #wakers: Record<Channel, (() => void)[]> = {
    billing_outbox: [],
    billing_progress: [],
    billing_topology: [],
  };

  constructor(dataSource: DataSource, @Inject(LOGGER) logger: Logger) {
    this.#listener = new Listener({
      dataSource,
      channels,
      logger,
      onNotification: (channel) => {
        for (const wake of this.#wakers[channel]) wake();
      },
    });
  }

  on(channel: Channel, wake: () => void): void {
    this.#wakers[channel].push(wake);
  }

  start(): void {
    this.#listener.start();
  }

  async stop(): Promise<void> {
    await this.#listener.stop();
  }
}
