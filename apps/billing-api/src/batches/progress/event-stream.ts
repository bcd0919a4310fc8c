import type { ServerResponse } from 'node:http';
import type { ProgressEvent } from './progress-feed.ts';

/**
 * A `ping` this often keeps proxies, and our own idle limit, from closing a stream without news. EventSource hides
 * comments, so an event tells the page that a quiet stream is alive. It dispatches none without data.
 */
const PING_EVERY_MS = 15_000;
const PING = 'event: ping\ndata: {}\n\n';
/** The wait of a browser before it reconnects after a lost connection. */
const RECONNECT_MS = 2_000;

/**
 * Sends a subscription as server-sent events (WHATWG HTML, 9.2). A client that reads slowly misses snapshots, never
 * the latest: nothing piles up in memory. Ends with the `final` event, when the client goes away, or when something
 * else ends the response: nothing is written after that.
 */
export function sendEvents(
  response: ServerResponse,
  subscribe: (listener: (event: ProgressEvent) => void) => () => void,
  pingEveryMs = PING_EVERY_MS,
): void {
  response.writeHead(200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store, no-transform',
    // nginx collects an answer before it passes it on, unless told not to.
    'X-Accel-Buffering': 'no',
  });
  response.write(`retry: ${RECONNECT_MS.toString()}\n\n`);

  let waiting: string | undefined;
  const ping = setInterval(() => {
    if (!response.writableEnded && !response.writableNeedDrain) response.write(PING);
  }, pingEveryMs);
  response.on('drain', () => {
    if (waiting !== undefined && !response.writableEnded) response.write(waiting);
    waiting = undefined;
  });
  const unsubscribe = subscribe((event) => {
    if (response.writableEnded) return;
    if (event.kind === 'closed') {
      response.end();
      return;
    }
    const text = `event: ${event.kind}\ndata: ${JSON.stringify(event.batch)}\n\n`;
    if (event.kind === 'final') response.end(text);
    else if (response.writableNeedDrain) waiting = text;
    else response.write(text);
  });
  response.once('close', () => {
    clearInterval(ping);
    unsubscribe();
  });
}
