import { createServer } from 'node:http';
import { ExpressAdapter } from '@nestjs/platform-express';

/**
 * How often the server looks for requests beyond their time: a limit of 10 s holds within so much. Node's own is 30 s.
 */
const CHECK_CONNECTIONS_EVERY_MS = 2_000;

/** Nest's adapter for express, with a server that enforces its time limits when they are due. */
export class BoundedExpressAdapter extends ExpressAdapter {
  override initHttpServer(): void {
    const server = createServer(
      // A request without Host is refused by knownHosts, with a reason.
      { connectionsCheckingInterval: CHECK_CONNECTIONS_EVERY_MS, requireHostHeader: false },
      this.getInstance(),
    );
    // An expectation that we do not know is ignored: Node's own answer, 417, has no body.
    server.on('checkExpectation', (...exchange: unknown[]) => server.emit('request', ...exchange));
    this.httpServer = server;
  }
}
