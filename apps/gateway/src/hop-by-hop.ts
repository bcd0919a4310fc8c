import type { IncomingMessage } from 'node:http';

/** Headers about one connection (RFC 9110, 7.6.1), and what clients used to send to proxies. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** The headers that go on to the next hop: without those about this connection, and those that `Connection` names. */
export function endToEndHeaders(message: IncomingMessage): Record<string, string[]> {
  const named = (message.headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase());
  const dropped = new Set([...HOP_BY_HOP, ...named]);
  // The length of the body belongs to the message, whatever Connection says: without it, a body would lose its end.
  dropped.delete('content-length');
  const kept = Object.entries(message.headersDistinct).filter(
    (header): header is [string, string[]] => header[1] !== undefined && !dropped.has(header[0]),
  );
  return Object.fromEntries(kept);
}
