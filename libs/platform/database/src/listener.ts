import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { streamOf } from './data-source.ts';
import type { DatabaseLogger } from './wait.ts';

export interface ListenerOptions<C extends string> {
  /** Gives the server and the login. The listener opens a connection of its own, outside the pool. */
  readonly dataSource: DataSource;
  /** Names that need no quotes in SQL. */
  readonly channels: readonly C[];
  readonly logger: DatabaseLogger;
  /**
   * Called for each notification, and once per channel when listening begins, because earlier notifications were
   * missed.
   */
  readonly onNotification: (channel: C) => void;
  /** Defaults to PING_EVERY_MS. */
  readonly pingEveryMs?: number;
  /** Defaults to ANSWER_TIMEOUT_MS. */
  readonly answerTimeoutMs?: number;
}

/** Interval of pings. A connection that only listens would never notice that the server is gone. */
const PING_EVERY_MS = 15_000;
/** Limit for connecting, and for each answer. */
const ANSWER_TIMEOUT_MS = 10_000;
const RECONNECT_AFTER_MS = 1_000;

/**
 * Listens to PostgreSQL's notifications while it runs, and replaces a lost connection. Notifications may be lost, so a
 * caller must also look for work at intervals.
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

  /** Listens until the connection is lost or `signal` aborts. Always rejects. */
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
    // Destroys the socket. `client.end()` would wait for a server that may have fallen silent.
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

/** The error that aborted a wait, taken from the cause of its AbortError. */
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
