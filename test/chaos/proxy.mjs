import { connect, createServer } from 'node:net';
import { freePorts } from '../../scripts/lib/services/ports.mjs';

/**
 * A TCP proxy in front of a service, with the faults of a bad network. A fault applies to open and new connections
 * until `pass()`.
 */
export class ChaosProxy {
  #target;
  #port;
  #pairs = new Set();
  #server;
  #intercept;
  /**
   * @type {{ kind: 'pass' } | { kind: 'delay', ms: number } | { kind: 'slow', bytesPerSecond: number } | { kind:
   *   'half-open' } | { kind: 'drop', afterBytes: number }}
   */
  #mode = { kind: 'pass' };

  /** @param {string} url of the service */
  static async to(url) {
    const [port] = await freePorts(1);
    const proxy = new ChaosProxy(url, port);
    await proxy.listen();
    return proxy;
  }

  /** @private use `to` */
  constructor(url, port) {
    this.#target = new URL(url);
    this.#port = port;
    const here = new URL(url);
    here.host = `127.0.0.1:${String(port)}`;
    this.url = here.href;
  }

  /** Connections that are open at this moment. */
  get open() {
    return this.#pairs.size;
  }

  /** Takes connections again after `refuse`. */
  async listen() {
    if (this.#server !== undefined) return;
    const server = createServer((near) => this.#join(near));
    this.#server = server;
    await new Promise((resolve, reject) => {
      server.once('error', reject).listen(this.#port, '127.0.0.1', resolve);
    });
  }

  /** Cuts every connection and takes no new one: the service is down. */
  async refuse() {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const pair of this.#pairs) pair.end();
    await closed;
  }

  pass() {
    const wasHalfOpen = this.#mode.kind === 'half-open';
    this.#mode = { kind: 'pass' };
    // Bytes sent meanwhile are lost, so the stream can only end, as when a router forgot the connection.
    if (wasHalfOpen) this.reset();
  }

  /** Every packet is late. @param {number} ms */
  delay(ms) {
    this.#mode = { kind: 'delay', ms };
  }

  /** A thin line. @param {number} bytesPerSecond */
  slow(bytesPerSecond) {
    this.#mode = { kind: 'slow', bytesPerSecond };
  }

  /** Connections stay open and nothing comes through; new ones are taken and never answered. Ends in a reset. */
  halfOpen() {
    this.#mode = { kind: 'half-open' };
  }

  /** Each connection breaks in the middle of its next bytes. @param {number} afterBytes */
  drop(afterBytes) {
    this.#mode = { kind: 'drop', afterBytes };
    for (const pair of this.#pairs) pair.bytes = 0;
  }

  /** RST to both sides of every connection. @returns {number} how many there were */
  reset() {
    const count = this.#pairs.size;
    for (const pair of this.#pairs) pair.reset();
    return count;
  }

  /**
   * Looks at what clients say before the service hears it.
   * @param {((said: Buffer) => { answer: string } | 'drop-after' | 'ignore' | undefined) | undefined} intercept an
   *   answer is given in the service's stead; 'drop-after' lets it hear, and ends the connection before its answer
   *   comes back; 'ignore' lets it hear, and nothing comes back for ever
   */
  intercept(intercept) {
    this.#intercept = intercept;
  }

  async close() {
    await this.refuse();
  }

  #join(near) {
    const far = connect(Number(this.#target.port), this.#target.hostname);
    const pair = {
      bytes: 0,
      /** @type {'drop-after' | 'ignore' | undefined} */ mute: undefined,
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
    for (const [from, to, isClient] of [
      [near, far, true],
      [far, near, false],
    ]) {
      from.setNoDelay(true);
      from.on('error', () => undefined); // 'close' follows
      from.on('close', () => {
        this.#pairs.delete(pair);
        to.destroy();
      });
      const send = this.#sender(from, to);
      from.on('data', (data) => this.#carry(pair, data, { send, from, isClient }));
    }
  }

  #carry(pair, data, { send, from, isClient }) {
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
  #sender(from, to) {
    let due = 0;
    const write = (data) => {
      if (to.destroyed || to.write(data)) return;
      from.pause();
      to.once('drain', () => from.resume());
    };
    return (data) => {
      const now = Date.now();
      if (this.#mode.kind === 'delay') due = Math.max(due, now + this.#mode.ms);
      if (this.#mode.kind === 'slow') due = Math.max(due, now) + (data.length / this.#mode.bytesPerSecond) * 1000;
      if (due <= now) write(data);
      else setTimeout(() => write(data), due - now);
    };
  }
}
