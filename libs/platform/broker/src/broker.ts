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
import type { Logger } from '#observability';
import { pause } from '#process';
import type { StageBreaker } from './breaker/stage-breaker.ts';
import { StageGates } from './breaker/stage-gates.ts';
import { deadLetterSources, readDeadLetter, type DeadLetter } from './delivery/dead-letter.ts';
import { messageOf } from './delivery/describe-error.ts';
import type { AnyHandler } from './delivery/handler.ts';
import { WorkConsumer } from './delivery/work-consumer.ts';
import { checkTopology, partOf } from './link/check-topology.ts';
import { declareTopology } from './link/declare-topology.ts';
import { holdsNothing } from './link/holds-nothing.ts';
import { Link, type LinkOptions } from './link/link.ts';
import { Publisher } from './link/publisher.ts';
import { Subscription } from './link/subscription.ts';
import type { FetchedMessage } from './link/take-one.ts';
import type { MessagingMetrics } from './messaging.metrics.ts';

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
  /**
   * Called when something of the topology is missing, to ask the process that declares it. A broker with this declares
   * nothing and waits; without it, it declares the whole topology.
   */
  readonly askForTopology?: (() => Promise<void>) | undefined;
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
  readonly #gates: StageGates;
  readonly #draining = new AbortController();
  #drainsDeadLetters = false;

  constructor(options: BrokerOptions) {
    const { url, name, logger } = options;
    this.#options = options;
    this.#setup = this.#setupOf(options);
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
    this.#gates = new StageGates({
      link: this.#consuming,
      logger,
      metrics: options.metrics,
      retryDelaysMs: this.#retryDelaysMs,
    });
    this.publisher = new Publisher({
      link: this.#publishing,
      logger,
      metrics: options.metrics,
      repair: setup,
      confirmTimeoutMs: options.confirmTimeoutMs,
    });
  }

  #setupOf({ retryDelaysMs, askForTopology, logger }: BrokerOptions): LinkOptions['setup'] {
    const plan = planTopology(retryDelaysMs);
    if (askForTopology === undefined) {
      return async (connection) => {
        await declareTopology(connection, plan, logger);
      };
    }
    return async (connection) => {
      try {
        await checkTopology(connection, partOf(plan, this.queues));
      } catch (error) {
        await askForTopology();
        throw error;
      }
    };
  }

  /** Registers a handler. Throws when one of its queues already has one, because each queue has one handler. */
  handle(handler: AnyHandler): void {
    for (const queue of handler.queues) this.#handleQueue(queue, handler);
  }

  #handleQueue(queue: QueueName, handler: AnyHandler): void {
    if (this.#subscriptions.some((each) => each.queue === queue)) throw new Error(`queue ${queue} has two handlers`);
    const breaker = this.#options.breakers === true ? this.#gates.addBreaker(queue) : undefined;
    const consumer = new WorkConsumer<QueueName>(queue, handler, {
      dataSource: this.#options.dataSource,
      publisher: this.publisher,
      logger: this.#options.logger,
      metrics: this.#options.metrics,
      retryDelaysMs: this.#retryDelaysMs,
      random: this.#options.random ?? Math.random,
      breaker,
    });
    const consume = async (raw: FetchedMessage, lost: AbortSignal): Promise<'ack' | 'leave'> =>
      await consumer.consume(raw, lost);
    const subscription = this.#subscribe(
      queue,
      isAlone(queue) ? 1 : (this.#options.concurrency ?? topology.queues[queue].concurrency),
      consume,
    );
    this.#gates.add(queue, { subscription, consume });
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
    return this.#gates.breakers;
  }

  /** Pauses the named ones of its work queues and resumes the others: see StageGates. */
  setPaused(paused: ReadonlySet<string>): void {
    this.#gates.setPaused(paused);
  }

  /** True while an operator has paused the queue: not even a probe may run. */
  isPaused(queue: QueueName): boolean {
    return this.#gates.isPaused(queue);
  }

  /** Lets one message of a half-open stage through, unless one is already in progress. */
  probe(queue: QueueName): void {
    this.#gates.probe(queue);
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
    await Promise.all([
      ...this.#subscriptions.map(async (subscription) => {
        await subscription.drain(graceMs);
      }),
      this.#gates.drain(graceMs),
    ]);
  }

  async close(): Promise<void> {
    await this.publisher.close();
    await Promise.all([this.#publishing.close(), this.#consuming.close()]);
  }

  get #retryDelaysMs(): readonly number[] {
    return this.#options.retryDelaysMs ?? topology.retryDelaysMs;
  }

  #subscribe(
    queue: string,
    concurrency: number,
    onMessage: ConstructorParameters<typeof Subscription>[0]['onMessage'],
  ): Subscription {
    const subscription = new Subscription({
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
    });
    this.#subscriptions.push(subscription);
    return subscription;
  }
}
