import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { Broker } from '#broker';
import type { Logger } from '#observability';
import { RepeatingTask, type Lifecycle } from '#process';
import { findPausedStages } from './paused-stages.queries.ts';
import { SharedBreakers } from './shared-breakers.ts';

/** Interval of looking. A pause takes effect within two seconds: one until it is seen, one to cancel the consumer. */
const EVERY_MS = 1_000;

/**
 * Keeps a broker's consumers in the state that the tables stage_pauses and stage_breakers demand. While the database is
 * away, the consumers stay as they are. Nothing is consumed before the tables have been read once.
 */
export class StageControl implements Lifecycle {
  readonly #task: RepeatingTask;
  readonly #stopping = new AbortController();
  readonly #breakers: SharedBreakers;

  constructor(
    private readonly broker: Broker,
    private readonly dataSource: DataSource,
    private readonly logger: Logger,
  ) {
    this.#breakers = new SharedBreakers(broker, dataSource);
    this.#task = new RepeatingTask('stage-control', EVERY_MS, logger, async () => {
      await this.#apply();
    });
  }

  /** Resolves when the paused stages are known, or after `stop`. */
  async ready(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        await this.#apply();
        return;
      } catch (error) {
        this.logger.warn('cannot read which stages are paused, trying again', { event: 'stage.unknown', error });
        await delay(EVERY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  start(): void {
    this.#task.start();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#task.stop();
    await this.#breakers.release().catch((error: unknown) => {
      this.logger.warn('another process can probe only when the lease is over', {
        event: 'breaker.not_released',
        error,
      });
    });
  }

  async #apply(): Promise<void> {
    this.broker.setPaused(await findPausedStages(this.dataSource.manager));
    await this.#breakers.agree();
  }
}
