import { withLogContext, type Logger } from '#observability';
import type { Lifecycle } from './lifecycle.ts';
import { WakeUp } from './wake-up.ts';

/** Minimum time between rounds, so that many wake-ups in a row share a round. */
const REST_MS = 20;

/**
 * Runs `work` repeatedly: `everyMs` after its last end, or sooner when woken. A failure is logged and costs one round.
 */
export class RepeatingTask implements Lifecycle {
  readonly #stopping = new AbortController();
  readonly #wakeUp = new WakeUp();
  #running: Promise<void> | undefined;

  constructor(
    private readonly name: string,
    private readonly everyMs: number,
    private readonly logger: Logger,
    private readonly work: () => Promise<void>,
  ) {}

  start(): void {
    this.#running ??= this.#run();
  }

  /** Reports new work: the next round begins at once, or directly after the current one. */
  wake(): void {
    this.#wakeUp.call();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        await withLogContext({ task: this.name }, this.work);
      } catch (error) {
        this.logger.warn('a task failed, trying again', { event: 'task.failed', task: this.name, error });
      }
      await this.#wakeUp.wait(this.everyMs, { restMs: REST_MS, signal });
    }
  }
}
