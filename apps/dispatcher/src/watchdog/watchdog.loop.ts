import { Inject, Injectable } from '@nestjs/common';
import type { Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { Broker } from '#broker';
import { messageNames } from '#contracts';
import type { Logger } from '#observability';
import { LOGGER, METRICS, RepeatingTask, type Lifecycle } from '#process';
import { CONFIG, type Config } from '../config.ts';
import { watch } from './watch.ts';
import { watchdogMetrics } from './watchdog.metrics.ts';

/** Looks in a grace time. A message that moves between two queues during one look is seen by another. */
const LOOKS = 4;

/** Finds work that must end and that no message announces any more, and announces it again. */
@Injectable()
export class WatchdogLoop implements Lifecycle {
  readonly #task: RepeatingTask;
  readonly #stopping = new AbortController();

  constructor(
    dataSource: DataSource,
    broker: Broker,
    @Inject(LOGGER) logger: Logger,
    @Inject(METRICS) registry: Registry,
    @Inject(CONFIG) config: Pick<Config, 'WATCHDOG_GRACE_SECONDS'>,
  ) {
    const graceSeconds = config.WATCHDOG_GRACE_SECONDS;
    const metrics = watchdogMetrics(registry, messageNames);
    const isIdle: Parameters<typeof watch>[2] = async (queue) => await broker.isIdle(queue, this.#stopping.signal);
    this.#task = new RepeatingTask('watchdog', (graceSeconds * 1_000) / LOOKS, logger, async () => {
      const round = await watch(dataSource, graceSeconds, isIdle);
      // A round that a stop interrupts has no result.
      if (round === undefined || this.#stopping.signal.aborted) return;
      for (const { names, error } of round.failures) {
        logger.warn('work could not be looked at, the rest was', { event: 'watchdog.failed', names, error });
      }
      metrics.missing(round.missing);
      for (const { name, batchId } of round.announced) {
        metrics.announcedAgain(name);
        logger.warn('a message was lost, and is announced again', { event: 'message.lost', name, batchId });
      }
    });
  }

  start(): void {
    this.#task.start();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#task.stop();
  }
}
