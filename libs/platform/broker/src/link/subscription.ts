import type { ChannelModel, ConsumeMessage } from 'amqplib';
import type { Logger } from '#observability';
import { backoffMs, pause } from '#process';
import { messageOf } from '../delivery/describe-error.ts';
import type { Link, LiveConnection } from './link.ts';
import { nextStep, type SubscriptionState } from './next-step.ts';
import { hear, openSession, RENEW_AFTER_SILENCE_MS, silenceLeftMs, type Session } from './session.ts';

export interface SubscriptionOptions {
  readonly queue: string;
  /** Deliveries handled at once. */
  readonly concurrency: number;
  readonly link: Link;
  readonly logger: Logger;
  readonly onActive: (active: boolean) => void;
  /** Defaults to RENEW_AFTER_SILENCE_MS. */
  readonly renewAfterSilenceMs?: number | undefined;
  /** Called when a silent consumer turns out to have missed messages. They arrive now. */
  readonly onDeaf: () => void;
  /** Declares objects that may be missing. Runs before consuming again after a failure, such as a deleted queue. */
  readonly repair: (connection: ChannelModel) => Promise<void>;
  /**
   * Does the work and returns the action for the message. It must not throw. `lost` aborts when the channel is lost:
   * the broker will then deliver the message to another consumer.
   */
  readonly onMessage: (message: ConsumeMessage, lost: AbortSignal) => Promise<'ack' | 'leave'>;
}

/**
 * One permanent consumer on one queue. It watches its own channel as well as the connection, because a consumer timeout
 * closes only the channel and leaves a healthy connection without a consumer. A consumer without messages for a while
 * is renewed, because it may be deaf.
 */
export class Subscription {
  readonly #options: SubscriptionOptions;
  readonly #stopping = new AbortController();
  #waiting: { message: ConsumeMessage; session: Session }[] = [];
  #running = 0;
  #idle: (() => void)[] = [];
  #active = false;
  #paused = false;
  /** Wakes the loop after any change. */
  #wake: (() => void) | undefined;
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

  /** True between `pause` and `resume`, when having no consumer is intended. */
  get isPaused(): boolean {
    return this.#paused;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /**
   * Takes no new message until `resume`. Current work is finished, and messages that were not started return to the
   * queue.
   */
  pause(): void {
    this.#turn(true);
  }

  resume(): void {
    this.#turn(false);
  }

  #turn(paused: boolean): void {
    if (this.#paused === paused) return;
    this.#paused = paused;
    this.#wake?.();
  }

  /** Takes no new message, waits at most `graceMs` for current work, then hands the rest back. */
  async drain(graceMs: number): Promise<void> {
    this.#drainGraceMs = graceMs;
    this.#stopping.abort();
    this.#wake?.();
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
        let end = await this.#hold(connection);
        while (end === 'silent' && !signal.aborted) end = await this.#hold(connection, performance.now());
      } catch (error) {
        logger.warn('cannot consume, trying again', { event: 'consumer.failed', queue, reason: messageOf(error) });
      }
      this.#setActive(false);
      if (signal.aborted) break;
      failures = Date.now() - startedAt > 60_000 ? 0 : failures + 1;
      await pause(backoffMs(failures), signal);
    }
  }

  /**
   * Consumes on a channel of its own until the channel is lost, the process stops, or the consumer is silent for too
   * long.
   */
  async #hold(connection: LiveConnection, renewedAt?: number): Promise<'over' | 'silent'> {
    const session = await this.#open(connection, renewedAt);
    const { channel } = session;
    try {
      const { concurrency } = this.#options;
      // Prefetch limits how many messages a crash affects: enough to keep the workers busy, not more.
      await connection.whileOpen(channel.prefetch(concurrency === 1 ? 1 : Math.ceil(concurrency * 1.5)));
      for (;;) {
        switch (nextStep(this.#stateOf(session))) {
          case 'end':
            return 'over';
          case 'stop':
            this.#setActive(false);
            await this.#cancel(connection, session);
            await this.#finish();
            return 'over';
          case 'suspend':
            await this.#suspend(connection, session);
            break;
          case 'consume':
            await this.#consume(connection, session);
            break;
          case 'renew':
            await this.#cancel(connection, session);
            // A message at the last moment proves that the consumer is not deaf, and must not be delivered twice.
            if (session.inHand === 0) return 'silent';
            break;
          case 'wait':
            await this.#untilChange(connection, session);
        }
      }
    } finally {
      session.lost.abort(new Error(`the channel of ${this.#options.queue} is gone`));
      this.#waiting = this.#waiting.filter((waiting) => waiting.session !== session);
      await connection.whileOpen(channel.close()).catch(() => undefined);
    }
  }

  #stateOf(session: Session): SubscriptionState {
    return {
      isGone: session.isGone,
      isStopping: this.#stopping.signal.aborted,
      isPaused: this.#paused,
      isConsuming: session.consumerTag !== undefined,
      isActive: this.#active,
      isSilent: this.#silenceLeftMs(session) === 0,
    };
  }

  async #open(connection: LiveConnection, renewedAt: number | undefined): Promise<Session> {
    const { queue, logger } = this.#options;
    const session = await openSession(connection, renewedAt);
    session.channel.on('close', () => {
      session.isGone = true;
      this.#wake?.();
    });
    session.channel.on('error', (error) => {
      logger.warn('consumer channel failed', { event: 'consumer.channel_failed', queue, reason: error.message });
    });
    return session;
  }

  async #consume(connection: LiveConnection, session: Session): Promise<void> {
    const { queue, concurrency, logger } = this.#options;
    const { channel } = session;
    const consuming = channel.consume(queue, (message) => {
      if (message === null) void channel.close().catch(() => undefined);
      else this.#accept(message, session);
    });
    session.consumerTag = (await connection.whileOpen(consuming)).consumerTag;
    session.heardAt = performance.now();
    this.#setActive(true);
    if (session.renewedAt === undefined) logger.info('consuming', { event: 'consumer.started', queue, concurrency });
    else logger.debug('consuming again', { event: 'consumer.renewed', queue });
  }

  /** Cancels the consumer. Deliveries already on their way arrive before this resolves. */
  async #cancel(connection: LiveConnection, session: Session): Promise<void> {
    const { consumerTag, channel } = session;
    session.consumerTag = undefined;
    if (consumerTag !== undefined) await connection.whileOpen(channel.cancel(consumerTag)).catch(() => undefined);
  }

  async #suspend(connection: LiveConnection, session: Session): Promise<void> {
    const { queue, logger } = this.#options;
    this.#setActive(false);
    await this.#cancel(connection, session);
    session.renewedAt = undefined; // a consumer that returns after a pause starts afresh
    logger.info('paused', { event: 'consumer.paused', queue });
    for (const waiting of this.#waiting.splice(0)) {
      waiting.session.inHand -= 1;
      waiting.session.channel.nack(waiting.message, false, true);
    }
  }

  #setActive(active: boolean): void {
    this.#active = active;
    this.#options.onActive(active);
  }

  #silenceLeftMs(session: Session): number {
    return silenceLeftMs(session, this.#options.renewAfterSilenceMs ?? RENEW_AFTER_SILENCE_MS);
  }

  async #untilChange(connection: LiveConnection, session: Session): Promise<void> {
    const patience = new AbortController();
    const change = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    const changes = [change];
    if (session.consumerTag !== undefined) {
      // A timer may fire slightly early; the loop then looks again. Without a consumer it cannot be deaf, and sleeps.
      changes.push(pause(Math.ceil(this.#silenceLeftMs(session)), patience.signal));
    }
    try {
      await connection.whileOpen(Promise.race(changes));
    } catch {
      session.isGone = true;
    }
    this.#wake = undefined;
    patience.abort();
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
    if (hear(session, message.fields.redelivered)) this.#reportDeaf();
    if (this.#stopping.signal.aborted) return;
    if (this.#paused) {
      // It was on its way when the consumer was cancelled.
      session.channel.nack(message, false, true);
      return;
    }
    session.inHand += 1;
    this.#waiting.push({ message, session });
    this.#pump();
  }

  #reportDeaf(): void {
    const { logger, queue, onDeaf } = this.#options;
    logger.warn('a consumer received none of its deliveries', { event: 'consumer.deaf', queue });
    onDeaf();
  }

  #pump(): void {
    while (!this.#stopping.signal.aborted && !this.#paused && this.#running < this.#options.concurrency) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#running += 1;
      void this.#work(next.message, next.session);
    }
  }

  async #work(message: ConsumeMessage, session: Session): Promise<void> {
    const { channel, lost } = session;
    try {
      const verdict = await this.#options.onMessage(message, lost.signal);
      // An ack belongs to the channel of the delivery. On any other channel its tag is unknown and closes the channel.
      if (verdict === 'ack' && !lost.signal.aborted) channel.ack(message);
    } catch (error) {
      const { logger, queue } = this.#options;
      logger.error('a delivery escaped its loop', { event: 'consumer.bug', queue, reason: messageOf(error) });
    } finally {
      session.inHand -= 1;
      session.heardAt = performance.now();
      this.#running -= 1;
      if (this.#running === 0) for (const resolve of this.#idle.splice(0)) resolve();
      this.#pump();
    }
  }
}
