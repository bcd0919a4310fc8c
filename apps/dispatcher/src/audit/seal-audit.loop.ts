import { Inject, Injectable } from '@nestjs/common';
import type { Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { sealEvents, unsealedEvents } from '#audit';
import type { Logger } from '#observability';
import { LOGGER, METRICS, RepeatingTask, type Lifecycle } from '#process';
import { auditMetrics } from './audit.metrics.ts';

const EVERY_MS = 1_000;
/** Transactions of one round, so that a backlog of thousands leaves the connection free in between. */
const TRANSACTIONS_MAX = 10;

/**
 * Seals the events of the audit after their commit, once a second. The log has the root of each seal: a copy of the log
 * proves what the chain was, whatever is done to the database later.
 */
@Injectable()
export class SealAuditLoop implements Lifecycle {
  readonly #task: RepeatingTask;

  constructor(dataSource: DataSource, @Inject(LOGGER) logger: Logger, @Inject(METRICS) registry: Registry) {
    const metrics = auditMetrics(registry);
    this.#task = new RepeatingTask('seal-audit', EVERY_MS, logger, async () => {
      for (let transaction = 1; transaction <= TRANSACTIONS_MAX; transaction += 1) {
        const seals = await sealEvents(dataSource);
        if (seals === undefined || seals.length === 0) break;
        for (const seal of seals) logger.info('events of the audit were sealed', { event: 'audit.sealed', ...seal });
      }
      const { waiting, oldestSeconds } = await unsealedEvents(dataSource.manager);
      metrics.unsealed(waiting, oldestSeconds);
    });
  }

  start(): void {
    this.#task.start();
  }

  async stop(): Promise<void> {
    await this.#task.stop();
  }
}
