import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import { backoffMs, pause } from './backoff.ts';
import { messageOf } from './describe-error.ts';
import type { Link, LiveConnection } from './link.ts';
import type { Logger } from '#observability';

export interface SubscriptionOptions {
  readonly queue: string;
  /** Deliveries handled at once. */
  readonly concurrency: number;
  readonly link: Link;
  readonly logger: Logger;
  readonly onActive: (active: boolean) => void;
  /** Declares what may be missing; runs before consuming again after a failure, such as a queue that was deleted. */
  readonly repair: (connection: ChannelModel) => Promise<void>;
  /**
   * Does the work and says what becomes of the message. Must not throw; `lost` aborts when the channel is gone:
   * the broker will deliver the message again, to somebody else.
   */
  readonly onMessage: (message: ConsumeMessage, lost: AbortSignal) => Promise<'ack' | 'leave'>;
}

interface Session {
  readonly channel: Channel;
  readonly lost: AbortController;
}

/**
 * One consumer on one queue, kept for ever. It watches its own channel, not only the connection: a consumer
 * timeout closes just the channel and leaves a healthy connection without a consumer.
 */
export class Subscription {
  readonly #options: SubscriptionOptions;
  readonly #stopping = new AbortController();
  #waiting: { message: ConsumeMessage; session: Session }[] = [];
  #running = 0;
  #idle: (() => void)[] = [];
  #active = false;
  #paused = false;
  /** Wakes who waits for a change of #paused. */
  #turned: (() => void)[] = [];
  #loop: Promise<void> | undefined;

  constructor(options: SubscriptionOptions) {
    this.#options = options;
  }

  get queue(): string {
    return this.#options.queue;
  }

  get isActive(): boolean {
    return this.#active;
  }

  /** True between `pause` and `resume`: that there is no consumer is meant to be so. */
  get isPaused(): boolean {
    return this.#paused;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** Takes no new message until `resume`. The work in hand is finished, what was not begun goes back to the queue. */
  pause(): void {
    this.#turn(true);
  }

  resume(): void {
    this.#turn(false);
  }

  #turn(paused: boolean): void {
    if (this.#paused === paused) return;
    this.#paused = paused;
    for (const wake of this.#turned.splice(0)) wake();
  }

  /** Takes no new message, lets the work in hand finish for at most `graceMs`, then hands the rest back. */
  async drain(graceMs: number): Promise<void> {
    this.#drainGraceMs = graceMs;
    this.#stopping.abort();
    await this.#loop;
  }

  #drainGraceMs = 0;

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const { link, logger, queue, repair } = this.#options;
    let failures = 0;
    while (!signal.aborted) {
      const connection = await link.connection(signal);
      if (connection === undefined) break;
      const startedAt = Date.now();
      try {
        if (failures > 0) await connection.whileOpen(repair(connection.model));
        await this.#hold(connection);
      } catch (error) {
        logger.warn('cannot consume, trying again', { event: 'consumer.failed', queue, reason: messageOf(error) });
      }
      if (signal.aborted) break;
      failures = Date.now() - startedAt > 60_000 ? 0 : failures + 1;
      await pause(backoffMs(failures), signal);
    }
  }

  async #hold(connection: LiveConnection): Promise<void> {
    const { queue, concurrency, logger, onActive } = this.#options;
    const channel = await connection.whileOpen(connection.model.createChannel());
    const session: Session = { channel, lost: new AbortController() };
    const closed = new Promise<void>((resolve) => {
      channel.on('close', resolve);
    });
    channel.on('error', (error) => {
      logger.warn('consumer channel failed', { event: 'consumer.channel_failed', queue, reason: error.message });
    });
    try {
      // Prefetch is the blast radius of a crash: enough to keep the workers busy, not more.
      await connection.whileOpen(channel.prefetch(concurrency === 1 ? 1 : Math.ceil(concurrency * 1.5)));
      const gone = Promise.race([closed.then(() => 'gone' as const), connection.closed.then(() => 'gone' as const)]);
      const stopped = aborted(this.#stopping.signal).then(() => 'stopped' as const);
      for (let end: 'gone' | 'stopped' | undefined; end === undefined;) {
        if (!this.#paused) end = await this.#consume(connection, session, [gone, stopped]);
        else end = await Promise.race([gone, stopped, this.#untilTurned()]);
      }
      if (this.#stopping.signal.aborted) await this.#finish();
    } finally {
      this.#setActive(false, onActive);
      session.lost.abort(new Error(`the channel of ${queue} is gone`));
      this.#waiting = this.#waiting.filter((waiting) => waiting.session !== session);
      await connection.whileOpen(channel.close()).catch(() => undefined);
    }
  }

  /** Consumes until the end, which it says, or until it is paused. */
  async #consume(
    connection: LiveConnection,
    session: Session,
    ends: readonly Promise<'gone' | 'stopped'>[],
  ): Promise<'gone' | 'stopped' | undefined> {
    const { queue, concurrency, logger, onActive } = this.#options;
    const { channel } = session;
    const consuming = channel.consume(queue, (message) => {
      if (message === null) void channel.close().catch(() => undefined);
      else this.#accept(message, session);
    });
    const { consumerTag } = await connection.whileOpen(consuming);
    this.#setActive(true, onActive);
    logger.info('consuming', { event: 'consumer.started', queue, concurrency });
    const end = await Promise.race([...ends, this.#untilPaused()]);
    this.#setActive(false, onActive);
    if (end === 'gone') return end;
    await connection.whileOpen(channel.cancel(consumerTag)).catch(() => undefined);
    if (end === undefined) {
      logger.info('paused', { event: 'consumer.paused', queue });
      for (const { message } of this.#waiting.splice(0)) channel.nack(message, false, true);
    }
    return end;
  }

  #setActive(active: boolean, onActive: (active: boolean) => void): void {
    this.#active = active;
    onActive(active);
  }

  async #untilTurned(): Promise<undefined> {
    await new Promise<void>((resolve) => this.#turned.push(resolve));
    return undefined;
  }

  async #untilPaused(): Promise<undefined> {
    return this.#paused ? undefined : await this.#untilTurned();
  }

  async #finish(): Promise<void> {
    this.#waiting = [];
    const grace = new AbortController();
    await Promise.race([this.#untilIdle(), pause(this.#drainGraceMs, grace.signal)]);
    grace.abort();
  }

  async #untilIdle(): Promise<void> {
    if (this.#running === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #accept(message: ConsumeMessage, session: Session): void {
    if (this.#stopping.signal.aborted) return;
    if (this.#paused) {
      // It was on its way when the consumer was cancelled.
      session.channel.nack(message, false, true);
      return;
    }
    this.#waiting.push({ message, session });
    this.#pump();
  }

  #pump(): void {
    while (!this.#stopping.signal.aborted && !this.#paused && this.#running < this.#options.concurrency) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#running += 1;
      void this.#work(next.message, next.session);
    }
  }

  async #work(message: ConsumeMessage, { channel, lost }: Session): Promise<void> {
    try {
      const verdict = await this.#options.onMessage(message, lost.signal);
      // An ack belongs to the channel that delivered: on any other it is an unknown tag and kills the channel.
      if (verdict === 'ack' && !lost.signal.aborted) channel.ack(message);
    } catch (error) {
      const { logger, queue } = this.#options;
      logger.error('a delivery escaped its loop', { event: 'consumer.bug', queue, reason: messageOf(error) });
    } finally {
      this.#running -= 1;
      if (this.#running === 0) for (const resolve of this.#idle.splice(0)) resolve();
      this.#pump();
    }
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener(
      'abort',
      () => {
        resolve();
      },
      { once: true },
    );
  });
}
