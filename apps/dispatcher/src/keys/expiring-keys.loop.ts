import { Inject, Injectable } from '@nestjs/common';
import type { Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import type { Logger } from '#observability';
import { LOGGER, METRICS, RepeatingTask, type Lifecycle } from '#process';
import { announceExpiringKeys } from './announce-keys.ts';
import { ANNOUNCED_DAYS, countExpiringKeys } from './expiring-keys.queries.ts';
import { keyMetrics } from './keys.metrics.ts';

const EVERY_MS = 60_000;

/** Counts the API keys that will end soon, and puts each on record before its users are refused. */
@Injectable()
export class ExpiringKeysLoop implements Lifecycle {
  readonly #task: RepeatingTask;

  constructor(dataSource: DataSource, @Inject(LOGGER) logger: Logger, @Inject(METRICS) registry: Registry) {
    const metrics = keyMetrics(registry, ANNOUNCED_DAYS);
    this.#task = new RepeatingTask('expiring-keys', EVERY_MS, logger, async () => {
      metrics.expiring(await countExpiringKeys(dataSource.manager));
      const announced = await announceExpiringKeys(dataSource);
      if (announced > 0) logger.info('keys that will expire were announced', { event: 'key.expiring', announced });
    });
  }

  start(): void {
    this.#task.start();
  }

  async stop(): Promise<void> {
    await this.#task.stop();
  }
}
