import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePorts } from '../../scripts/lib/services/ports.mjs';

/** A port that refuses connections until it is opened, and then leads to a service. */
export class Forwarder {
  /** The service's URL with the host and port of this forwarder. */
  readonly url: string;
  readonly #target: URL;
  readonly #port: number;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;

  private constructor(url: string, port: number) {
    this.#target = new URL(url);
    this.#port = port;
    const here = new URL(url);
    here.host = `127.0.0.1:${port.toString()}`;
    this.url = here.href;
  }

  /** Closed. */
  static async to(url: string): Promise<Forwarder> {
    const [port] = await freePorts(1);
    if (port === undefined) throw new Error('there is no free port');
    return new Forwarder(url, port);
  }

  async open(): Promise<void> {
    const server = createServer((socket) => {
      this.#join(socket);
    });
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(this.#port, '127.0.0.1', resolve);
    });
  }

  /** Cuts every connection and refuses new ones. */
  async close(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #join(near: Socket): void {
    const far = connect(Number(this.#target.port), this.#target.hostname);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined); // 'close' follows, and ends the other side
      socket.on('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  }
}
