import type { ServerResponse } from 'node:http';
import type { ProgressEvent } from './progress-feed.ts';

/** A comment this often keeps proxies, and our own idle limit, from closing a stream without news. */
const HEARTBEAT_MS = 15_000;
/** What a browser waits before it comes back after a connection was lost. */
const RECONNECT_MS = 2_000;

/**
 * Sends a subscription as server-sent events (WHATWG HTML, 9.2). A client that reads slowly misses snapshots, never
 * the latest: nothing piles up in memory. Ends with the `final` event, or when the client goes away.
 */
export function sendEvents(
  response: ServerResponse,
  subscribe: (listener: (event: ProgressEvent) => void) => () => void,
): void {
  response.writeHead(200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store, no-transform',
    // nginx collects an answer before it passes it on, unless told not to.
    'X-Accel-Buffering': 'no',
  });
  response.write(`retry: ${RECONNECT_MS.toString()}\n\n`);

  let waiting: string | undefined;
  const heartbeat = setInterval(() => {
    if (!response.writableNeedDrain) response.write(': still here\n\n');
  }, HEARTBEAT_MS);
  response.on('drain', () => {
    if (waiting !== undefined) response.write(waiting);
    waiting = undefined;
  });
  const unsubscribe = subscribe((event) => {
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
    clearInterval(heartbeat);
    unsubscribe();
  });
}
