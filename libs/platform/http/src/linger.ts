import type { IncomingMessage, ServerResponse } from 'node:http';

/** What a client that does not listen may still send, after it was refused, before it is cut off. */
const LINGER_BYTES_MAX = 64 * 1024 * 1024;
const LINGER_MS_MAX = 5_000;

/** True while the request's body has not been read to its end. */
export function hasUnreadBody(request: IncomingMessage): boolean {
  if (request.complete || request.destroyed) return false;
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  return encoding !== undefined || (length !== undefined && length !== '0');
}

/**
 * Sends `body`, whole, while the client may still be sending its own, and closes the connection. Closing at once would
 * reset it, and the reset overtakes the answer: the client would see a broken connection instead of the reason. So the
 * rest of its body is thrown away first, within bounds (nginx calls this a lingering close).
 */
export async function answerUnreadRequest(
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
): Promise<void> {
  response.setHeader('Connection', 'close');
  // Complete for the client, by its Content-Length; not ended, for ending it would close the connection.
  response.write(body);
  await discardRest(request);
  response.end();
}

function discardRest(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let bytes = 0;
    const stop = (): void => {
      clearTimeout(timer);
      request.off('data', count).pause();
      resolve();
    };
    const count = (block: Buffer): void => {
      bytes += block.length;
      if (bytes > LINGER_BYTES_MAX) stop();
    };
    const timer = setTimeout(stop, LINGER_MS_MAX);
    request.once('end', stop).once('close', stop).once('error', stop);
    request.on('data', count).resume();
  });
}
