import { Inject, Injectable } from '@nestjs/common';
import type { Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { Broker, OutboxRelay } from '#broker';
import type { Logger } from '#observability';
import { outboxDepth } from '#outbox';
import { LOGGER, METRICS, RepeatingTask, type Lifecycle } from '#process';
import { CONFIG, type Config } from '../config.ts';
import { outboxMetrics, type OutboxMetrics } from './outbox.metrics.ts';
import { PublisherBlock } from './publisher-block.ts';
import { WakeUps } from './wake-ups.ts';

const DEPTH_EVERY_MS = 2_000;
const BLOCK_EVERY_MS = 1_000;

/**
 * Publishes what other apps committed to the outbox, measures how much of it waits, tells when the broker blocks, and
 * declares the topology when a worker misses a part of it.
 */
@Injectable()
export class RelayLoop implements Lifecycle {
  readonly #relay: OutboxRelay;
  readonly #depth: RepeatingTask;
  readonly #block: RepeatingTask;
  readonly #metrics: OutboxMetrics;

  constructor(
    dataSource: DataSource,
    broker: Broker,
    @Inject(LOGGER) logger: Logger,
    @Inject(METRICS) registry: Registry,
    @Inject(CONFIG) config: Pick<Config, 'RELAY_BATCH_MAX' | 'RELAY_POLL_MS'>,
    wakeUps: WakeUps,
  ) {
    this.#metrics = outboxMetrics(registry);
    this.#relay = new OutboxRelay({
      dataSource,
      publisher: broker.publisher,
      logger,
      batchMax: config.RELAY_BATCH_MAX,
      pollMs: config.RELAY_POLL_MS,
    });
    wakeUps.on('billing_outbox', () => {
      this.#relay.wake();
    });
    wakeUps.on('billing_topology', () => {
      void broker.publisher.declareMissing();
    });
    this.#depth = new RepeatingTask('outbox-depth', DEPTH_EVERY_MS, logger, async () => {
      const { pending, oldestSeconds } = await outboxDepth(dataSource.manager);
      this.#metrics.backlog(pending, oldestSeconds);
    });
    const block = new PublisherBlock(dataSource);
    this.#block = new RepeatingTask('publisher-block', BLOCK_EVERY_MS, logger, async () => {
      await block.tell(broker.isBlocked);
    });
  }

  start(): void {
    this.#relay.start();
    this.#depth.start();
    this.#block.start();
  }

  async stop(): Promise<void> {
    await Promise.all([this.#relay.drain(), this.#depth.stop(), this.#block.stop()]);
  }
}
