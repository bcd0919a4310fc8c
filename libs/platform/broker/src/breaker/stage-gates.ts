import type { QueueName } from '#contracts';
import type { Logger } from '#observability';
import { pause } from '#process';
import { messageOf } from '../delivery/describe-error.ts';
import type { Link } from '../link/link.ts';
import type { Subscription } from '../link/subscription.ts';
import { takeOne, type FetchedMessage } from '../link/take-one.ts';
import type { MessagingMetrics } from '../messaging.metrics.ts';
import type { BreakerState } from './breaker.ts';
import { StageBreaker } from './stage-breaker.ts';

/** A work queue whose deliveries a gate starts and stops. */
interface Gated {
  readonly subscription: Subscription;
  /** Handles one message that was fetched as a probe. */
  readonly consume: (message: FetchedMessage, lost: AbortSignal) => Promise<'ack' | 'leave'>;
}

interface StageGatesOptions {
  /** The connection that fetches probes. */
  readonly link: Link;
  readonly logger: Logger;
  readonly metrics: MessagingMetrics;
  readonly retryDelaysMs: readonly number[];
}

/**
 * Decides which work queues of a process deliver. A queue is closed while an operator has paused it or while its
 * breaker is not closed. A half-open stage gets one message at a time, as a probe of its provider.
 */
export class StageGates {
  readonly #options: StageGatesOptions;
  readonly #gated = new Map<QueueName, Gated>();
  readonly #breakers = new Map<QueueName, StageBreaker>();
  readonly #probing = new Map<QueueName, Promise<void>>();
  readonly #draining = new AbortController();
  /** The queues that an operator has paused. */
  #paused: ReadonlySet<string> = new Set();

  constructor(options: StageGatesOptions) {
    this.#options = options;
  }

  /** Adds a breaker for a queue. Call it before `add`, because the queue's consumer reports outages to it. */
  addBreaker(queue: QueueName): StageBreaker {
    const breaker = new StageBreaker(queue, {
      retryDelaysMs: this.#options.retryDelaysMs,
      now: Date.now,
      onChange: (_queue, state) => {
        this.#obey(queue, state);
      },
    });
    this.#breakers.set(queue, breaker);
    return breaker;
  }

  add(queue: QueueName, gated: Gated): void {
    this.#gated.set(queue, gated);
  }

  get breakers(): readonly StageBreaker[] {
    return [...this.#breakers.values()];
  }

  /**
   * Pauses the named queues and resumes the others, except those whose breaker is not closed. The setting stays in
   * force while the broker is away.
   */
  setPaused(paused: ReadonlySet<string>): void {
    this.#paused = paused;
    for (const queue of this.#gated.keys()) {
      this.#options.metrics.stagePaused(queue, paused.has(queue));
      this.#pauseOrResume(queue);
    }
  }

  isPaused(queue: QueueName): boolean {
    return this.#paused.has(queue);
  }

  /** Lets one message of a half-open stage through, unless one is already in progress. */
  probe(queue: QueueName): void {
    const gated = this.#gated.get(queue);
    const { signal } = this.#draining;
    if (gated === undefined || this.#probing.has(queue) || this.#paused.has(queue) || signal.aborted) return;
    const probing = this.#takeOne(queue, gated).finally(() => {
      this.#probing.delete(queue);
    });
    this.#probing.set(queue, probing);
  }

  /** Starts no more probes and waits at most `graceMs` for current ones to finish. */
  async drain(graceMs: number): Promise<void> {
    this.#draining.abort();
    const grace = new AbortController();
    await Promise.race([Promise.all(this.#probing.values()), pause(graceMs, grace.signal)]);
    grace.abort();
  }

  async #takeOne(queue: QueueName, { consume }: Gated): Promise<void> {
    try {
      const found = await takeOne(this.#options.link, queue, this.#draining.signal, consume);
      if (!found) this.#breakers.get(queue)?.look();
    } catch (error) {
      this.#options.logger.warn('cannot probe a stage, trying again', {
        event: 'breaker.probe_failed',
        queue,
        reason: messageOf(error),
      });
    }
  }

  #obey(queue: QueueName, state: BreakerState): void {
    const { logger, metrics } = this.#options;
    metrics.breaker(queue, state.is);
    this.#pauseOrResume(queue);
    switch (state.is) {
      case 'open':
        logger.warn('a provider is away: the stage waits', {
          event: 'breaker.opened',
          queue,
          reason: state.reason,
          openings: state.openings,
        });
        return;
      case 'half-open':
        logger.info('probing the provider', { event: 'breaker.half_opened', queue });
        return;
      case 'closed':
        logger.info('the provider is back: the stage goes on', { event: 'breaker.closed', queue });
    }
  }

  #pauseOrResume(queue: QueueName): void {
    const subscription = this.#gated.get(queue)?.subscription;
    const breaker = this.#breakers.get(queue);
    if (this.#paused.has(queue) || (breaker !== undefined && breaker.state.is !== 'closed')) subscription?.pause();
    else subscription?.resume();
  }
}
