import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePorts } from '#scripts/lib/services/ports.mjs';

type Mode =
  | { readonly kind: 'pass' }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'slow'; readonly bytesPerSecond: number }
  | { readonly kind: 'half-open' }
  | { readonly kind: 'drop'; readonly afterBytes: number };

/**
 * The treatment of what a client says: an answer is given in the service's stead; 'drop-after' lets the service hear,
 * and ends the connection before its answer comes back; 'ignore' lets it hear, and nothing comes back for ever.
 */
export type Verdict = { readonly answer: string } | 'drop-after' | 'ignore' | undefined;

type Intercept = (said: Buffer) => Verdict;

/** A connection of a client, and that to the service. */
interface Pair {
  bytes: number;
  mute: 'drop-after' | 'ignore' | undefined;
  readonly end: () => void;
  readonly reset: () => void;
}

/** One direction of a pair. */
interface Way {
  readonly send: (data: Buffer) => void;
  readonly from: Socket;
  readonly isClient: boolean;
}

/**
 * A TCP proxy in front of a service, with the faults of a bad network. A fault applies to open and new connections
 * until `pass()`.
 */
export class ChaosProxy {
  readonly #target: URL;
  readonly #port: number;
  readonly #pairs = new Set<Pair>();
  readonly url: string;
  #server: Server | undefined;
  #intercept: Intercept | undefined;
  #mode: Mode = { kind: 'pass' };

  /** @param url of the service */
  static async to(url: string): Promise<ChaosProxy> {
    const [port] = await freePorts(1);
    const proxy = new ChaosProxy(url, port);
    await proxy.listen();
    return proxy;
  }

  private constructor(url: string, port: number) {
    this.#target = new URL(url);
    this.#port = port;
    const here = new URL(url);
    here.host = `127.0.0.1:${String(port)}`;
    this.url = here.href;
  }

  /** Connections that are open at this moment. */
  get open(): number {
    return this.#pairs.size;
  }

  /** Takes connections again after `refuse`. */
  async listen(): Promise<void> {
    if (this.#server !== undefined) return;
    const server = createServer((near) => {
      this.#join(near);
    });
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(this.#port, '127.0.0.1', resolve);
    });
  }

  /** Cuts every connection and takes no new one: the service is down. */
  async refuse(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
    });
    for (const pair of this.#pairs) pair.end();
    await closed;
  }

  pass(): void {
    const wasHalfOpen = this.#mode.kind === 'half-open';
    this.#mode = { kind: 'pass' };
    // Bytes sent meanwhile are lost, so the stream can only end, as when a router forgot the connection.
    if (wasHalfOpen) this.reset();
  }

  /** Every packet is late. */
  delay(ms: number): void {
    this.#mode = { kind: 'delay', ms };
  }

  /** A thin line. */
  slow(bytesPerSecond: number): void {
    this.#mode = { kind: 'slow', bytesPerSecond };
  }

  /** Connections stay open and nothing comes through; new ones are taken and never answered. Ends in a reset. */
  halfOpen(): void {
    this.#mode = { kind: 'half-open' };
  }

  /** Each connection breaks in the middle of its next bytes. */
  drop(afterBytes: number): void {
    this.#mode = { kind: 'drop', afterBytes };
    for (const pair of this.#pairs) pair.bytes = 0;
  }

  /**
   * RST to both sides of every connection.
   * @returns how many there were
   */
  reset(): number {
    const count = this.#pairs.size;
    for (const pair of this.#pairs) pair.reset();
    return count;
  }

  /** Looks at what clients say before the service hears it. */
  intercept(intercept: Intercept | undefined): void {
    this.#intercept = intercept;
  }

  async close(): Promise<void> {
    await this.refuse();
  }

  #join(near: Socket): void {
    const far = connect(Number(this.#target.port), this.#target.hostname);
    const pair: Pair = {
      bytes: 0,
      mute: undefined,
      end: () => {
        near.destroy();
        far.destroy();
      },
      reset: () => {
        near.resetAndDestroy();
        far.resetAndDestroy();
      },
    };
    this.#pairs.add(pair);
    for (const { from, to, isClient } of [
      { from: near, to: far, isClient: true },
      { from: far, to: near, isClient: false },
    ]) {
      from.setNoDelay(true);
      from.on('error', () => undefined); // 'close' follows
      from.on('close', () => {
        this.#pairs.delete(pair);
        to.destroy();
      });
      const send = this.#sender(from, to);
      from.on('data', (data: Buffer) => {
        this.#carry(pair, data, { send, from, isClient });
      });
    }
  }

  #carry(pair: Pair, data: Buffer, { send, from, isClient }: Way): void {
    if (!isClient && pair.mute !== undefined) {
      if (pair.mute === 'drop-after') pair.end();
      return;
    }
    const verdict = isClient ? this.#intercept?.(data) : undefined;
    if (verdict === 'drop-after' || verdict === 'ignore') pair.mute = verdict;
    else if (verdict !== undefined) {
      from.write(verdict.answer);
      return;
    }
    if (this.#mode.kind === 'half-open') return;
    if (this.#mode.kind === 'drop') {
      pair.bytes += data.length;
      if (pair.bytes > this.#mode.afterBytes) {
        send(data.subarray(0, data.length >> 1));
        pair.end();
        return;
      }
    }
    send(data);
  }

  /** Keeps the order of a stream while its speed changes. */
  #sender(from: Socket, to: Socket): (data: Buffer) => void {
    let due = 0;
    const write = (data: Buffer): void => {
      if (to.destroyed || to.write(data)) return;
      from.pause();
      to.once('drain', () => from.resume());
    };
    return (data: Buffer) => {
      const now = Date.now();
      if (this.#mode.kind === 'delay') due = Math.max(due, now + this.#mode.ms);
      if (this.#mode.kind === 'slow') due = Math.max(due, now) + (data.length / this.#mode.bytesPerSecond) * 1000;
      if (due <= now) write(data);
      else
        setTimeout(() => {
          write(data);
        }, due - now);
    };
  }
}
