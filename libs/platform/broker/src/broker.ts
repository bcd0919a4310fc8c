import type { DataSource } from 'typeorm';
import {
  deadQueue,
  isAlone,
  ladderOf,
  lanesOf,
  planTopology,
  queueNames,
  retryQueue,
  topology,
  type QueueName,
} from '#contracts';
import { pause } from '#process';
import { deadLetterSources, readDeadLetter, type DeadLetter } from './delivery/dead-letter.ts';
import { declareTopology } from './link/declare-topology.ts';
import type { BreakerState } from './breaker/breaker.ts';
import { messageOf } from './delivery/describe-error.ts';
import type { AnyHandler } from './delivery/handler.ts';
import { Link, type LinkOptions } from './link/link.ts';
import type { Logger } from '#observability';
import type { MessagingMetrics } from './messaging.metrics.ts';
import { Publisher } from './link/publisher.ts';
import { Subscription } from './link/subscription.ts';
import { StageBreaker } from './breaker/stage-breaker.ts';
import { holdsNothing } from './link/holds-nothing.ts';
import { takeOne, type FetchedMessage } from './link/take-one.ts';
import { WorkConsumer } from './delivery/work-consumer.ts';

type Probe = (message: FetchedMessage, lost: AbortSignal) => Promise<'ack' | 'leave'>;

export interface BrokerOptions {
  readonly url: string;
  /** The process's name, shown in the broker's management page. */
  readonly name: string;
  readonly dataSource: DataSource;
  readonly logger: Logger;
  readonly metrics: MessagingMetrics;
  readonly retryDelaysMs?: readonly number[] | undefined;
  /** Overrides the topology's concurrency for every queue of this process. */
  readonly concurrency?: number | undefined;
  /**
   * Lets a provider's outage pause its stage. A caller that sets this must share the breakers, otherwise they stay open
   * for ever.
   */
  readonly breakers?: boolean | undefined;
  /** Returns a number in [0, 1). */
  readonly random?: (() => number) | undefined;
  /** Silence after which a consumer is renewed. */
  readonly renewAfterSilenceMs?: number | undefined;
  /** Limit for a confirm. A publishing channel that exceeds it is closed. */
  readonly confirmTimeoutMs?: number | undefined;
  /** Interval at which a process that drains dead letters declares the topology again. */
  readonly declareEveryMs?: number | undefined;
}

const DEAD_LETTER_CONCURRENCY = 4;
const UNSETTLED_PAUSE_MS = 1_000;
/**
 * A returning message does not reveal every deleted exchange or binding: the broker cannot route the messages that it
 * takes out of a queue itself. This limits how long such a gap lasts.
 */
const DECLARE_EVERY_MS = 30_000;

/**
 * A process's side of the broker: two connections, a publisher, and one subscription per handler. A memory alarm blocks
 * a connection that publishes, including its acks, so consuming has a connection of its own.
 */
export class Broker {
  readonly publisher: Publisher;
  readonly #options: BrokerOptions;
  readonly #setup: LinkOptions['setup'];
  readonly #publishing: Link;
  readonly #consuming: Link;
  readonly #subscriptions: Subscription[] = [];
  readonly #breakers = new Map<QueueName, StageBreaker>();
  readonly #probes = new Map<QueueName, Probe>();
  readonly #probing = new Map<QueueName, Promise<void>>();
  readonly #draining = new AbortController();
  #drainsDeadLetters = false;
  /** The queues that an operator has paused. */
  #paused: ReadonlySet<string> = new Set();

  constructor(options: BrokerOptions) {
    const { url, name, logger } = options;
    this.#options = options;
    const plan = planTopology(options.retryDelaysMs);
    this.#setup = async (connection) => {
      await declareTopology(connection, plan, logger);
    };
    const setup = this.#setup;
    this.#publishing = new Link({
      url,
      name: `${name} publish`,
      logger,
      setup,
      onBlocked: (blocked) => {
        options.metrics.publisherBlocked(blocked);
      },
    });
    this.#consuming = new Link({ url, name: `${name} consume`, logger, setup });
    this.publisher = new Publisher(this.#publishing, logger, options.metrics, setup, options.confirmTimeoutMs);
  }

  /** Registers a handler. Throws when one of its queues already has one, because each queue has one handler. */
  handle(handler: AnyHandler): void {
    for (const queue of handler.queues) this.#handleQueue(queue, handler);
  }

  #handleQueue(queue: QueueName, handler: AnyHandler): void {
    if (this.#subscriptions.some((each) => each.queue === queue)) throw new Error(`queue ${queue} has two handlers`);
    const breaker = this.#options.breakers === true ? this.#breakerOf(queue) : undefined;
    const consumer = new WorkConsumer<QueueName>(queue, handler, {
      dataSource: this.#options.dataSource,
      publisher: this.publisher,
      logger: this.#options.logger,
      metrics: this.#options.metrics,
      retryDelaysMs: this.#retryDelaysMs,
      random: this.#options.random ?? Math.random,
      breaker,
    });
    const consume: Probe = async (raw, lost) => await consumer.consume(raw, lost);
    this.#probes.set(queue, consume);
    this.#subscribe(
      queue,
      isAlone(queue) ? 1 : (this.#options.concurrency ?? topology.queues[queue].concurrency),
      consume,
    );
  }

  /**
   * Passes every dead letter to `bury`, and acknowledges the broker's copy when `bury` resolves. `bury` must commit the
   * consequences of the letter once, even if called repeatedly with it, and return one word for the log.
   */
  drainDeadLetters(bury: (letter: DeadLetter) => Promise<string>): void {
    const { logger } = this.#options;
    this.#drainsDeadLetters = true;
    for (const { from, queue } of deadLetterSources) {
      this.#subscribe(from, DEAD_LETTER_CONCURRENCY, async (raw, lost) => {
        // Its queue or its binding is missing, and the publisher got a confirm anyway: the alternate exchange
        // took the message.
        if (from === topology.exchanges.unroutable) void this.publisher.declareMissing();
        const letter = readDeadLetter(queue, raw);
        while (!lost.aborted) {
          try {
            const fate = await bury(letter);
            logger.error('dead letter drained', {
              event: 'dead_letter.drained',
              fate,
              queue: letter.queue,
              messageId: letter.messageId,
              reason: letter.reason,
            });
            return 'ack';
          } catch (error) {
            logger.error('cannot keep a dead letter, trying again', {
              event: 'dead_letter.failed',
              queue,
              reason: messageOf(error),
            });
            await pause(UNSETTLED_PAUSE_MS, lost);
          }
        }
        return 'leave';
      });
    }
  }

  /** Starts connecting and consuming. Returns at once and waits without limit for an absent broker. */
  start(): void {
    this.#publishing.start();
    this.publisher.start();
    if (this.#subscriptions.length > 0) this.#consuming.start();
    for (const subscription of this.#subscriptions) subscription.start();
    if (this.#drainsDeadLetters) void this.#keepTopology();
  }

  async #keepTopology(): Promise<void> {
    const { signal } = this.#draining;
    while (!signal.aborted) {
      await pause(this.#options.declareEveryMs ?? DECLARE_EVERY_MS, signal);
      if (!signal.aborted) await this.publisher.declareMissing();
    }
  }

  /** The work queues that this process handles. */
  get queues(): readonly QueueName[] {
    return queueNames.filter((queue) => this.#subscriptions.some((subscription) => subscription.queue === queue));
  }

  /** The breakers of its work queues. */
  get breakers(): readonly StageBreaker[] {
    return [...this.#breakers.values()];
  }

  /**
   * Pauses the named ones of its work queues and resumes the others, except those whose breaker is not closed. The
   * setting stays in force while the broker is away.
   */
  setPaused(paused: ReadonlySet<string>): void {
    this.#paused = paused;
    for (const queue of this.queues) {
      this.#options.metrics.stagePaused(queue, paused.has(queue));
      this.#pauseOrResume(queue);
    }
  }

  /** True while an operator has paused the queue: not even a probe may run. */
  isPaused(queue: QueueName): boolean {
    return this.#paused.has(queue);
  }

  /** Lets one message of a half-open stage through, unless one is already in progress. */
  probe(queue: QueueName): void {
    const consume = this.#probes.get(queue);
    const { signal } = this.#draining;
    if (consume === undefined || this.#probing.has(queue) || this.#paused.has(queue) || signal.aborted) return;
    const probing = this.#takeOne(queue, consume).finally(() => {
      this.#probing.delete(queue);
    });
    this.#probing.set(queue, probing);
  }

  async #takeOne(queue: QueueName, consume: Probe): Promise<void> {
    try {
      const found = await takeOne(this.#consuming, queue, this.#draining.signal, consume);
      if (!found) this.#breakers.get(queue)?.look();
    } catch (error) {
      this.#options.logger.warn('cannot probe a stage, trying again', {
        event: 'breaker.probe_failed',
        queue,
        reason: messageOf(error),
      });
    }
  }

  /**
   * Throws with the reason unless both connections are open and every expected consumer exists. A paused queue is not
   * expected to have one.
   */
  checkReady(): void {
    if (!this.#publishing.isOpen) throw new Error('not connected to the broker');
    if (!this.publisher.isReady) throw new Error('the broker takes no messages from us');
    const absent = this.#subscriptions
      .filter(({ isActive, isPaused }) => !isActive && !isPaused)
      .map(({ queue }) => queue);
    if (absent.length > 0) throw new Error(`no consumer on ${absent.join(', ')}`);
  }

  /**
   * True when no message of `queue` waits: neither in it nor in its retry queues nor in its dead queue. Messages that a
   * worker is handling are not counted. False when a queue is missing or the broker does not answer, because nothing is
   * known then.
   */
  async isIdle(queue: QueueName, signal: AbortSignal): Promise<boolean> {
    const waits = ladderOf(queue, this.#retryDelaysMs).flatMap((delayMs) =>
      lanesOf(queue, this.#retryDelaysMs, delayMs),
    );
    const queues = [...new Set([queue, ...waits.map((delayMs) => retryQueue(queue, delayMs)), deadQueue(queue)])];
    return await holdsNothing(this.#publishing, [...queues, topology.exchanges.unroutable], signal);
  }

  /** True while the broker refuses to read published messages. */
  get isBlocked(): boolean {
    return this.#publishing.isBlocked;
  }

  /** Takes no new work and waits at most `graceMs` for current work to finish. */
  async drain(graceMs: number): Promise<void> {
    this.#draining.abort();
    const grace = new AbortController();
    const probes = Promise.race([Promise.all(this.#probing.values()), pause(graceMs, grace.signal)]);
    await Promise.all([
      ...this.#subscriptions.map(async (subscription) => {
        await subscription.drain(graceMs);
      }),
      probes,
    ]);
    grace.abort();
  }

  async close(): Promise<void> {
    await this.publisher.close();
    await Promise.all([this.#publishing.close(), this.#consuming.close()]);
  }

  get #retryDelaysMs(): readonly number[] {
    return this.#options.retryDelaysMs ?? topology.retryDelaysMs;
  }

  #breakerOf(queue: QueueName): StageBreaker {
    const breaker = new StageBreaker(queue, {
      retryDelaysMs: this.#retryDelaysMs,
      now: Date.now,
      onChange: (_queue, state) => {
        this.#obey(queue, state);
      },
    });
    this.#breakers.set(queue, breaker);
    return breaker;
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
    const subscription = this.#subscriptions.find((each) => each.queue === queue);
    const breaker = this.#breakers.get(queue);
    if (this.#paused.has(queue) || (breaker !== undefined && breaker.state.is !== 'closed')) subscription?.pause();
    else subscription?.resume();
  }

  #subscribe(
    queue: string,
    concurrency: number,
    onMessage: ConstructorParameters<typeof Subscription>[0]['onMessage'],
  ): void {
    this.#subscriptions.push(
      new Subscription({
        queue,
        concurrency,
        link: this.#consuming,
        logger: this.#options.logger,
        repair: this.#setup,
        renewAfterSilenceMs: this.#options.renewAfterSilenceMs,
        onDeaf: () => {
          this.#options.metrics.consumerDeaf(queue);
        },
        onActive: (active) => {
          this.#options.metrics.consumerActive(queue, active);
        },
        onMessage,
      }),
    );
  }
}
