import type { Server } from 'node:http';

/** While a connection finishes its last request it is not idle yet: look again this often. */
const CLOSE_IDLE_EVERY_MS = 50;

/**
 * Lets requests in hand finish; what is left after `graceMs` is cut off. `close` resolves once the server is closed.
 */
export async function closeGracefully(server: Server, graceMs: number, close: () => Promise<void>): Promise<void> {
  const idle = setInterval(() => {
    server.closeIdleConnections();
  }, CLOSE_IDLE_EVERY_MS);
  const cut = setTimeout(() => {
    server.closeAllConnections();
  }, graceMs);
  try {
    await close();
  } finally {
    clearInterval(idle);
    clearTimeout(cut);
  }
}
