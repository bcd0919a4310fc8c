import { setTimeout as delay } from 'node:timers/promises';
import { withLogContext, type Logger } from '#observability';
import type { Loop } from './loop.ts';

/** Runs `work` again and again, `everyMs` after it last ended. A failure is logged and costs one round. */
export class RepeatingTask implements Loop {
  readonly #stopping = new AbortController();
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
      await delay(this.everyMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
