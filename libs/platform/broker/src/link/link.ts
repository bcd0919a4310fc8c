import { Socket } from 'node:net';
import { connect, type ChannelModel } from 'amqplib';
import type { Logger } from '#observability';
import { backoffMs, pause } from '#process';
import { messageOf } from '../delivery/describe-error.ts';

const CONNECT_TIMEOUT_MS = 10_000;
const HEARTBEAT_S = 30;
const CLOSE_TIMEOUT_MS = 3_000;

export interface LinkOptions {
  readonly url: string;
  /** The name in the broker's management page. */
  readonly name: string;
  readonly logger: Logger;
  /** Runs on every new connection before any caller gets it, and declares the objects that must exist. */
  readonly setup: (connection: ChannelModel) => Promise<void>;
  /** Called when the broker stops reading from this connection (true) or reads again (false). */
  readonly onBlocked?: (blocked: boolean) => void;
}

/** An open connection, which reports its end. */
export class LiveConnection {
  readonly closed: Promise<Error | undefined>;
  /** Callers that wait for the broker. They remove themselves, because a connection outlives very many of them. */
  readonly #waiting = new Set<(error: Error) => void>();
  #end: Error | undefined;
  #resolveClosed: ((error: Error | undefined) => void) | undefined;

  constructor(readonly model: ChannelModel) {
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    model.on('close', (error) => {
      this.#over(error);
    });
    // An 'error' event without a listener ends a Node process. A 'close' event always follows it.
    model.on('error', () => undefined);
  }

  /** Runs `work` on this connection. Rejects when the connection closes first, even if the answers never arrive. */
  async whileOpen<T>(work: Promise<T>): Promise<T> {
    let giveUp: ((error: Error) => void) | undefined;
    const lost = new Promise<never>((_, reject) => {
      giveUp = reject;
      if (this.#end === undefined) this.#waiting.add(reject);
      else reject(this.#end);
    });
    try {
      return await Promise.race([work, lost]);
    } finally {
      if (giveUp !== undefined) this.#waiting.delete(giveUp);
    }
  }

  /** Closes the connection without waiting for a broker that no longer answers or reads. */
  async close(): Promise<void> {
    const enough = new AbortController();
    const closing = this.model.close().catch(() => undefined);
    await Promise.race([closing, this.closed, pause(CLOSE_TIMEOUT_MS, enough.signal)]);
    enough.abort();
    // A blocked broker does not even read the close request. A socket that waits for it would keep the process alive.
    streamOf(this.model)?.destroy();
    this.#over(undefined);
  }

  #over(error: Error | undefined): void {
    this.#end ??= new Error(`the connection closed: ${error === undefined ? 'normally' : error.message}`);
    for (const reject of this.#waiting) reject(this.#end);
    this.#resolveClosed?.(error);
  }
}

/** The socket of a connection. amqplib does not expose it; a test fails when the field disappears. */
function streamOf(model: ChannelModel): Socket | undefined {
  const stream: unknown = Reflect.get(model.connection, 'stream');
  return stream instanceof Socket ? stream : undefined;
}

/**
 * One permanent connection to the broker. It starts while the broker is absent, comes back when the broker does, and
 * never makes the process exit. Its callers own the channels that they open.
 */
export class Link {
  readonly #options: LinkOptions;
  readonly #stopping = new AbortController();
  #current: LiveConnection | undefined;
  #blocked = false;
  #waiting: ((connection: LiveConnection | undefined) => void)[] = [];
  #loop: Promise<void> | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  get isOpen(): boolean {
    return this.#current !== undefined;
  }

  /** True while the broker refuses to read from this connection (memory or disk alarm). */
  get isBlocked(): boolean {
    return this.#blocked;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** The open connection, once there is one. Undefined when the link is closed or `signal` aborts first. */
  async connection(signal: AbortSignal): Promise<LiveConnection | undefined> {
    if (this.#current !== undefined) return this.#current;
    if (this.#stopping.signal.aborted || signal.aborted) return undefined;
    return await new Promise((resolve) => {
      const finish = (connection?: LiveConnection): void => {
        signal.removeEventListener('abort', onAbort);
        resolve(connection);
      };
      const onAbort = (): void => {
        this.#waiting = this.#waiting.filter((waiter) => waiter !== finish);
        finish();
      };
      this.#waiting.push(finish);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#current?.close();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { logger, name } = this.#options;
    const { signal } = this.#stopping;
    let failures = 0;
    while (!signal.aborted) {
      try {
        const connection = await this.#open();
        failures = 0;
        await this.#hold(connection);
      } catch (error) {
        logger.warn('broker not reachable, trying again', {
          event: 'broker.connect_failed',
          link: name,
          reason: messageOf(error),
        });
      }
      if (signal.aborted) break;
      await pause(backoffMs(failures), signal);
      failures += 1;
    }
    this.#release(undefined);
  }

  async #open(): Promise<LiveConnection> {
    const { url, name, setup } = this.#options;
    const withHeartbeat = new URL(url);
    if (!withHeartbeat.searchParams.has('heartbeat'))
      withHeartbeat.searchParams.set('heartbeat', HEARTBEAT_S.toString());
    const connection = new LiveConnection(
      await connect(withHeartbeat.href, {
        timeout: CONNECT_TIMEOUT_MS,
        noDelay: true,
        clientProperties: { connection_name: name },
      }),
    );
    try {
      await connection.whileOpen(setup(connection.model));
    } catch (error) {
      await connection.close();
      throw error;
    }
    return connection;
  }

  async #hold(connection: LiveConnection): Promise<void> {
    const { logger, name } = this.#options;
    connection.model.on('blocked', (reason) => {
      this.#setBlocked(true);
      logger.warn('broker blocks this connection', { event: 'broker.blocked', link: name, reason });
    });
    connection.model.on('unblocked', () => {
      this.#setBlocked(false);
      logger.info('broker unblocked this connection', { event: 'broker.unblocked', link: name });
    });
    logger.info('connected to the broker', { event: 'broker.connected', link: name });
    this.#current = connection;
    this.#release(connection);
    if (this.#stopping.signal.aborted) await connection.close();
    const error = await connection.closed;
    this.#current = undefined;
    this.#setBlocked(false);
    if (!this.#stopping.signal.aborted) {
      logger.warn('lost the broker', {
        event: 'broker.lost',
        link: name,
        reason: error === undefined ? 'closed' : error.message,
      });
    }
  }

  #setBlocked(blocked: boolean): void {
    this.#blocked = blocked;
    this.#options.onBlocked?.(blocked);
  }

  #release(connection: LiveConnection | undefined): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve(connection);
  }
}
