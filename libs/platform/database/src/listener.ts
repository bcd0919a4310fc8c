import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { streamOf } from './data-source.ts';
import type { DatabaseLogger } from './wait.ts';

export interface ListenerOptions<C extends string> {
  /** Says where to connect to, and as whom. The connection is one of our own, beside its pool. */
  readonly dataSource: DataSource;
  /** Names that need no quotes. */
  readonly channels: readonly C[];
  readonly logger: DatabaseLogger;
  /** Called for each notification, and once for every channel when listening begins: nobody was told what came before. */
  readonly onNotification: (channel: C) => void;
  /** Default PING_EVERY_MS. */
  readonly pingEveryMs?: number;
  /** Default ANSWER_TIMEOUT_MS. */
  readonly answerTimeoutMs?: number;
}

/** A connection that only listens would never notice that the other side is gone. */
const PING_EVERY_MS = 15_000;
/** For connecting, and for each answer. */
const ANSWER_TIMEOUT_MS = 10_000;
const RECONNECT_AFTER_MS = 1_000;

/**
 * Hears PostgreSQL's notifications, for as long as it runs: a lost connection is made again. Notifications may be lost,
 * so whoever is woken by them must look by itself now and then as well.
 */
export class Listener<C extends string> {
  readonly #options: ListenerOptions<C>;
  readonly #stopping = new AbortController();
  #loop: Promise<void> | undefined;

  constructor(options: ListenerOptions<C>) {
    this.#options = options;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        await this.#listen(signal);
      } catch (error) {
        if (signal.aborted) return;
        const { message: reason } = whyOf(error);
        this.#options.logger.warn('cannot listen, trying again', { event: 'listener.failed', reason });
        await delay(RECONNECT_AFTER_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** Until the connection is lost or we are told to stop; always rejects. */
  async #listen(signal: AbortSignal): Promise<never> {
    const {
      channels,
      onNotification,
      pingEveryMs = PING_EVERY_MS,
      answerTimeoutMs = ANSWER_TIMEOUT_MS,
    } = this.#options;
    const client = new pg.Client(connectionOf(this.#options.dataSource, answerTimeoutMs));
    const over = new AbortController();
    client.on('error', (error) => {
      over.abort(error);
    });
    client.on('end', () => {
      over.abort(new Error('the connection has ended'));
    });
    // Not `client.end()`: it waits for a server that may have fallen silent.
    const hangUp = (): void => {
      streamOf(client)?.destroy();
    };
    signal.addEventListener('abort', hangUp, { once: true });
    try {
      client.on('notification', ({ channel }) => {
        const known = channels.find((each) => each === channel);
        if (known !== undefined) onNotification(known);
      });
      await client.connect();
      await client.query(channels.map((channel) => `listen ${channel}`).join('; '));
      for (const channel of channels) onNotification(channel);
      for (;;) {
        await delay(pingEveryMs, undefined, { signal: over.signal });
        await client.query('select 1');
      }
    } finally {
      signal.removeEventListener('abort', hangUp);
      hangUp();
    }
  }
}

/** What ended a wait, behind the news that it was ended. */
function whyOf(error: unknown): Error {
  const why = error instanceof Error && error.name === 'AbortError' ? error.cause : error;
  return why instanceof Error ? why : new Error(String(why));
}

function connectionOf({ options }: DataSource, answerTimeoutMs: number): pg.ClientConfig {
  if (options.type !== 'postgres') throw new TypeError('this DataSource is not one of PostgreSQL');
  return {
    connectionString: options.url,
    application_name: `${options.applicationName ?? ''} listening`.trim(),
    connectionTimeoutMillis: answerTimeoutMs,
    query_timeout: answerTimeoutMs,
  };
}
