import type { DataSource } from 'typeorm';
import { isAlone, planTopology, queueNames, topology, type QueueName } from '#contracts';
import { pause } from './backoff.ts';
import { deadLetterSources, readDeadLetter, type DeadLetter } from './dead-letter.ts';
import { declareTopology } from './declare-topology.ts';
import { messageOf } from './describe-error.ts';
import type { AnyHandler } from './handler.ts';
import { Link, type LinkOptions } from './link.ts';
import type { Logger, MessagingMetrics } from '#observability';
import { Publisher } from './publisher.ts';
import { Subscription } from './subscription.ts';
import { WorkConsumer } from './work-consumer.ts';

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
}

const DEAD_LETTER_CONCURRENCY = 4;
const UNSETTLED_PAUSE_MS = 1_000;

/**
 * A process's side of the broker: two connections (a memory alarm blocks the one that publishes, acks included,
 * so consuming has its own), a publisher, and one subscription per handler.
 */
export class Broker {
  readonly publisher: Publisher;
  readonly #options: BrokerOptions;
  readonly #setup: LinkOptions['setup'];
  readonly #publishing: Link;
  readonly #consuming: Link;
  readonly #subscriptions: Subscription[] = [];

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
    this.publisher = new Publisher(this.#publishing, logger, options.metrics, setup);
  }

  /** Registers a handler. Throws when its queue has one already: one queue, one handler. */
  handle(handler: AnyHandler): void {
    if (this.#subscriptions.some(({ queue }) => queue === handler.queue)) {
      throw new Error(`queue ${handler.queue} has two handlers`);
    }
    const consumer = new WorkConsumer<QueueName>(handler, {
      dataSource: this.#options.dataSource,
      publisher: this.publisher,
      logger: this.#options.logger,
      metrics: this.#options.metrics,
      retryDelaysMs: this.#options.retryDelaysMs ?? topology.retryDelaysMs,
    });
    this.#subscribe(
      handler.queue,
      isAlone(handler.queue) ? 1 : (this.#options.concurrency ?? topology.queues[handler.queue].concurrency),
      async (raw, lost) => await consumer.consume(raw, lost),
    );
  }

  /**
   * Hands every dead letter to `bury`, and lets go of the broker's copy when that resolves. `bury` commits what becomes
   * of the letter, once however often it is called with it, and says it in a word for the log.
   */
  drainDeadLetters(bury: (letter: DeadLetter) => Promise<string>): void {
    const { logger } = this.#options;
    for (const { from, queue } of deadLetterSources) {
      this.#subscribe(from, DEAD_LETTER_CONCURRENCY, async (raw, lost) => {
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

  /** Starts connecting and consuming. Returns at once: an absent broker is waited for, for ever. */
  start(): void {
    this.#publishing.start();
    this.publisher.start();
    if (this.#subscriptions.length > 0) this.#consuming.start();
    for (const subscription of this.#subscriptions) subscription.start();
  }

  /** The work queues that this process handles. */
  get queues(): readonly QueueName[] {
    return queueNames.filter((queue) => this.#subscriptions.some((subscription) => subscription.queue === queue));
  }

  /** Pauses those of its work queues that are named, and resumes the others. They stay so when the broker is away. */
  setPaused(paused: ReadonlySet<string>): void {
    for (const queue of this.queues) {
      const subscription = this.#subscriptions.find((each) => each.queue === queue);
      if (paused.has(queue)) subscription?.pause();
      else subscription?.resume();
      this.#options.metrics.stagePaused(queue, paused.has(queue));
    }
  }

  /**
   * Throws, with the reason, unless both connections are open and every expected consumer is there. A paused queue is
   * not expected to have one.
   */
  checkReady(): void {
    if (!this.#publishing.isOpen) throw new Error('not connected to the broker');
    if (!this.publisher.isReady) throw new Error('the broker takes no messages from us');
    const absent = this.#subscriptions
      .filter(({ isActive, isPaused }) => !isActive && !isPaused)
      .map(({ queue }) => queue);
    if (absent.length > 0) throw new Error(`no consumer on ${absent.join(', ')}`);
  }

  /** True while the broker refuses to read what we publish. */
  get isBlocked(): boolean {
    return this.#publishing.isBlocked;
  }

  /** Takes no new work and lets the work in hand finish, for at most `graceMs`. */
  async drain(graceMs: number): Promise<void> {
    await Promise.all(
      this.#subscriptions.map(async (subscription) => {
        await subscription.drain(graceMs);
      }),
    );
  }

  async close(): Promise<void> {
    await this.publisher.close();
    await Promise.all([this.#publishing.close(), this.#consuming.close()]);
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
        onActive: (active) => {
          this.#options.metrics.consumerActive(queue, active);
        },
        onMessage,
      }),
    );
  }
}
