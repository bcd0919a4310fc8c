import type { ConfirmChannel, Message } from 'amqplib';
import type { Logger } from '#observability';
import { backoffMs, pause } from '#process';
import { messageOf } from '../delivery/describe-error.ts';
import type { MessagingMetrics } from '../messaging.metrics.ts';
import type { Link, LinkOptions, LiveConnection } from './link.ts';

/** The most messages in flight (sent, not confirmed). Measured: 1 gives ~1 k msg/s, 500 gives ~20 k. */
const IN_FLIGHT_MAX = 500;
const CONFIRM_TIMEOUT_MS = 10_000;
/** Limit for closing a channel. If it is exceeded, the connection is closed too. */
const CLOSE_TIMEOUT_MS = 3_000;
const SEQUENCE_HEADER = 'x-publish-sequence';

export interface Publication {
  readonly exchange: string;
  readonly routingKey: string;
  readonly messageId: string;
  /** The message's name, which becomes the AMQP `type` property. */
  readonly name: string;
  readonly body: Buffer;
  readonly headers?: Readonly<Record<string, unknown>>;
}

/** The broker refused the message, or accepted it without a queue for it. The sender still owns the message. */
class PublishError extends Error {
  override readonly name = 'PublishError';
}

interface Pending {
  readonly settle: (error?: PublishError) => void;
  returned: boolean;
}

interface PublisherOptions {
  readonly link: Link;
  readonly logger: Logger;
  readonly metrics: MessagingMetrics;
  readonly repair: LinkOptions['setup'];
  readonly confirmTimeoutMs?: number | undefined;
}

/** Publishes with confirms, mandatory and persistent, through one channel that is rebuilt whenever it closes. */
export class Publisher {
  readonly #link: Link;
  readonly #logger: Logger;
  readonly #metrics: MessagingMetrics;
  readonly #repair: LinkOptions['setup'];
  readonly #confirmTimeoutMs: number;
  readonly #stopping = new AbortController();
  readonly #pending = new Map<number, Pending>();
  #channel: ConfirmChannel | undefined;
  #connection: LiveConnection | undefined;
  #sequence = 0;
  #slotWaiters: (() => void)[] = [];
  #loop: Promise<void> | undefined;
  #isRepairing = false;

  /**
   * `repair` declares objects that may be missing. It runs when a message comes back because no queue takes it, and
   * when the channel closes under an open connection, which happens when the exchange is missing.
   */
  constructor({ link, logger, metrics, repair, confirmTimeoutMs = CONFIRM_TIMEOUT_MS }: PublisherOptions) {
    this.#link = link;
    this.#logger = logger;
    this.#metrics = metrics;
    this.#repair = repair;
    this.#confirmTimeoutMs = confirmTimeoutMs;
  }

  get isReady(): boolean {
    return this.#channel !== undefined && !this.#link.isBlocked;
  }

  start(): void {
    if (this.#loop === undefined) this.#loop = this.#run();
  }

  /** Resolves when the broker has the message in a queue. Otherwise rejects with PublishError. */
  async publish(publication: Publication): Promise<void> {
    while (this.#pending.size >= IN_FLIGHT_MAX) {
      await new Promise<void>((resolve) => this.#slotWaiters.push(resolve));
    }
    const channel = this.#channel;
    if (channel === undefined) throw new PublishError('not connected to the broker');
    await this.#send(channel, publication);
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    // Not awaited: the link closes the connection, and the loop ends when either is closed.
    void this.#channel?.close().catch(() => undefined);
  }

  async #send(channel: ConfirmChannel, publication: Publication): Promise<void> {
    const sequence = ++this.#sequence;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        // The confirm never came, so the channel can no longer be trusted. While the broker blocks the connection, it
        // still can.
        if (this.#link.isBlocked) timer.refresh();
        else void this.#abandon(channel);
      }, this.#confirmTimeoutMs);
      const pending: Pending = {
        returned: false,
        settle: (error) => {
          clearTimeout(timer);
          if (!this.#pending.delete(sequence)) return;
          this.#metrics.inFlight(this.#pending.size);
          this.#slotWaiters.shift()?.();
          if (error === undefined) resolve();
          else reject(error);
        },
      };
      this.#pending.set(sequence, pending);
      this.#metrics.inFlight(this.#pending.size);
      try {
        channel.publish(
          publication.exchange,
          publication.routingKey,
          publication.body,
          {
            persistent: true,
            mandatory: true,
            messageId: publication.messageId,
            type: publication.name,
            contentType: 'application/json',
            headers: { ...publication.headers, 'x-published-at': Date.now(), [SEQUENCE_HEADER]: sequence },
          },
          (error: unknown) => {
            if (error !== null && error !== undefined) {
              pending.settle(new PublishError(`not confirmed: ${messageOf(error)}`, { cause: error }));
            } else if (pending.returned) {
              pending.settle(new PublishError(`no queue takes ${publication.exchange} → ${publication.routingKey}`));
            } else {
              pending.settle();
            }
          },
        );
      } catch (error) {
        pending.settle(new PublishError(`not sent: ${messageOf(error)}`, { cause: error }));
      }
    });
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    let failures = 0;
    let held: LiveConnection | undefined;
    while (!signal.aborted) {
      const connection = await this.#link.connection(signal);
      if (connection === undefined) break;
      try {
        if (connection === held) await connection.whileOpen(this.#repair(connection.model));
        held = connection;
        await this.#hold(connection);
        failures = 0;
      } catch (error) {
        this.#logger.warn('cannot open the publishing channel', {
          event: 'publisher.failed',
          reason: messageOf(error),
        });
      }
      if (signal.aborted) break;
      await pause(backoffMs(failures), signal);
      failures += 1;
    }
    this.#failPending('the publisher was closed');
  }

  async #hold(connection: LiveConnection): Promise<void> {
    const channel = await connection.whileOpen(connection.model.createConfirmChannel());
    const closed = new Promise<void>((resolve) => {
      channel.on('close', resolve);
    });
    channel.on('error', (error) => {
      this.#logger.warn('publishing channel failed', { event: 'publisher.channel_failed', reason: error.message });
    });
    channel.on('return', (message) => {
      this.#onReturn(message);
      void this.declareMissing();
    });
    this.#channel = channel;
    this.#connection = connection;
    await Promise.race([closed, connection.closed]);
    this.#channel = undefined;
    // amqplib fails the callbacks of a closed channel. This covers any that remain.
    this.#failPending('the channel closed');
  }

  /** Fails the pending messages at once, because the broker may not even confirm that the channel is closed. */
  async #abandon(channel: ConfirmChannel): Promise<void> {
    if (this.#channel !== channel) return;
    this.#channel = undefined;
    this.#logger.warn('a confirm did not come, opening another channel', { event: 'publisher.unconfirmed' });
    this.#failPending('the broker did not confirm in time');
    const enough = new AbortController();
    const closing = channel.close().catch(() => undefined);
    const patience = pause(CLOSE_TIMEOUT_MS, enough.signal).then(() => 'late' as const);
    if ((await Promise.race([closing, patience])) === 'late') await this.#connection?.close();
    enough.abort();
  }

  /** RabbitMQ sends basic.return before the confirm of the same message. */
  #onReturn(message: Message): void {
    const sequence = Number(message.properties.headers?.[SEQUENCE_HEADER]);
    const pending = this.#pending.get(sequence);
    if (pending !== undefined) pending.returned = true;
    this.#metrics.returned();
  }

  /**
   * Declares deleted objects, unless that is already running. The publisher may be the only one to notice that they are
   * missing.
   */
  async declareMissing(): Promise<void> {
    const connection = this.#connection;
    if (connection === undefined || this.#isRepairing) return;
    this.#isRepairing = true;
    try {
      await connection.whileOpen(this.#repair(connection.model));
    } catch (error) {
      this.#logger.warn('cannot declare what is missing', {
        event: 'publisher.repair_failed',
        reason: messageOf(error),
      });
    }
    this.#isRepairing = false;
  }

  #failPending(reason: string): void {
    for (const pending of this.#pending.values()) pending.settle(new PublishError(reason));
    for (const resolve of this.#slotWaiters.splice(0)) resolve();
  }
}
