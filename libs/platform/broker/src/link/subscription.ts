import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import { backoffMs, pause } from '#process';
import { messageOf } from '../delivery/describe-error.ts';
import type { Link, LiveConnection } from './link.ts';
import type { Logger } from '#observability';

export interface SubscriptionOptions {
  readonly queue: string;
  /** Deliveries handled at once. */
  readonly concurrency: number;
  readonly link: Link;
  readonly logger: Logger;
  readonly onActive: (active: boolean) => void;
  /** Default RENEW_AFTER_SILENCE_MS. */
  readonly renewAfterSilenceMs?: number | undefined;
  /** A consumer that got nothing was found to have missed messages; they come now. */
  readonly onDeaf: () => void;
  /** Declares what may be missing; runs before consuming again after a failure, such as a queue that was deleted. */
  readonly repair: (connection: ChannelModel) => Promise<void>;
  /**
   * Does the work and says what becomes of the message. Must not throw; `lost` aborts when the channel is gone:
   * the broker will deliver the message again, to somebody else.
   */
  readonly onMessage: (message: ConsumeMessage, lost: AbortSignal) => Promise<'ack' | 'leave'>;
}

/**
 * RabbitMQ 3.10 gives a queue that is deleted and declared again at once the consumers of the old one, and what it
 * delivers to them is lost on the way: they get nothing, and until `consumer_timeout` nobody else does. It cannot be
 * seen from outside (the queue has a consumer and nothing ready), but a new channel ends it.
 */
const RENEW_AFTER_SILENCE_MS = 15_000;
/** What a renewed consumer gets so soon, and not for the first time, had been delivered to the one before it. */
const DEAF_EVIDENCE_MS = 5_000;

interface Session {
  readonly channel: Channel;
  readonly lost: AbortController;
  /** Undefined while paused. */
  consumerTag: string | undefined;
  /** Deliveries neither acknowledged nor handed back. */
  inHand: number;
  /** When it last got or settled a message, by `performance.now()`. */
  heardAt: number;
  /** When it took the place of a silent one; until its first delivery. */
  renewedAt: number | undefined;
  isGone: boolean;
}

/**
 * One consumer on one queue, kept for ever. It watches its own channel, not only the connection: a consumer
 * timeout closes just the channel and leaves a healthy connection without a consumer. One that hears nothing for a while
 * is renewed: it may be deaf.
 */
export class Subscription {
  readonly #options: SubscriptionOptions;
  readonly #stopping = new AbortController();
  #waiting: { message: ConsumeMessage; session: Session }[] = [];
  #running = 0;
  #idle: (() => void)[] = [];
  #active = false;
  #paused = false;
  /** Wakes the loop: something is not as it was. */
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
    this.#wake?.();
  }

  /** Takes no new message, lets the work in hand finish for at most `graceMs`, then hands the rest back. */
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

  /** Consumes on a channel of its own until that is gone, we are told to stop, or nothing is heard any more. */
  async #hold(connection: LiveConnection, renewedAt?: number): Promise<'over' | 'silent'> {
    const session = await this.#open(connection, renewedAt);
    const { channel } = session;
    try {
      const { concurrency } = this.#options;
      // Prefetch is the blast radius of a crash: enough to keep the workers busy, not more.
      await connection.whileOpen(channel.prefetch(concurrency === 1 ? 1 : Math.ceil(concurrency * 1.5)));
      for (;;) {
        const isConsuming = session.consumerTag !== undefined;
        if (session.isGone) return 'over';
        if (this.#stopping.signal.aborted) {
          this.#setActive(false);
          await this.#cancel(connection, session);
          await this.#finish();
          return 'over';
        }
        // Also when the pause came between two consumers.
        if (this.#paused && (isConsuming || this.#active)) await this.#suspend(connection, session);
        else if (!this.#paused && !isConsuming) await this.#consume(connection, session);
        else if (isConsuming && this.#silenceLeftMs(session) === 0) {
          await this.#cancel(connection, session);
          // What came at the last moment proves that it is not deaf, and is not to be delivered twice.
          if (session.inHand === 0) return 'silent';
        } else await this.#untilChange(connection, session);
      }
    } finally {
      session.lost.abort(new Error(`the channel of ${this.#options.queue} is gone`));
      this.#waiting = this.#waiting.filter((waiting) => waiting.session !== session);
      await connection.whileOpen(channel.close()).catch(() => undefined);
    }
  }

  async #open(connection: LiveConnection, renewedAt: number | undefined): Promise<Session> {
    const { queue, logger } = this.#options;
    const channel = await connection.whileOpen(connection.model.createChannel());
    const session: Session = {
      channel,
      lost: new AbortController(),
      consumerTag: undefined,
      inHand: 0,
      heardAt: performance.now(),
      renewedAt,
      isGone: false,
    };
    channel.on('close', () => {
      session.isGone = true;
      this.#wake?.();
    });
    channel.on('error', (error) => {
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
    else logger.debug('consuming anew', { event: 'consumer.renewed', queue });
  }

  /** Deliveries that are on their way still come before this resolves. */
  async #cancel(connection: LiveConnection, session: Session): Promise<void> {
    const { consumerTag, channel } = session;
    session.consumerTag = undefined;
    if (consumerTag !== undefined) await connection.whileOpen(channel.cancel(consumerTag)).catch(() => undefined);
  }

  async #suspend(connection: LiveConnection, session: Session): Promise<void> {
    const { queue, logger } = this.#options;
    this.#setActive(false);
    await this.#cancel(connection, session);
    session.renewedAt = undefined; // who comes back after a pause starts anew
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

  /** How long it may go on hearing nothing; with work in hand, as long as at the beginning. */
  #silenceLeftMs({ inHand, heardAt }: Session): number {
    const { renewAfterSilenceMs = RENEW_AFTER_SILENCE_MS } = this.#options;
    return inHand > 0 ? renewAfterSilenceMs : Math.max(0, renewAfterSilenceMs - (performance.now() - heardAt));
  }

  async #untilChange(connection: LiveConnection, session: Session): Promise<void> {
    const patience = new AbortController();
    const change = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    const changes = [change];
    if (session.consumerTag !== undefined) {
      // A timer may fire a little early; then it looks once more. Who does not consume cannot be deaf, and sleeps.
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
    session.heardAt = performance.now();
    if (session.renewedAt !== undefined) {
      if (message.fields.redelivered && session.heardAt - session.renewedAt < DEAF_EVIDENCE_MS) this.#reportDeaf();
      session.renewedAt = undefined;
    }
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
    logger.warn('a consumer had got nothing of what was delivered to it', { event: 'consumer.deaf', queue });
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
      // An ack belongs to the channel that delivered: on any other it is an unknown tag and kills the channel.
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
