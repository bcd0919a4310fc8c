import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerBroken, REQUEST_TIMEOUT } from '../problems/unreadable.ts';
import { isFor } from '../routes/route-match.ts';
import { hasUnreadBody } from './linger.ts';

/** A route whose bodies may take longer than those of others. */
export interface LongBodies {
  readonly method: 'POST';
  /** The whole of it: '/v1/batches'. */
  readonly path: string;
  readonly timeoutMs: number;
}

/**
 * 408 for a body that is not whole in time. The server has one limit for all requests, that of the longest; without
 * this one, a few bytes a minute would hold a connection for as long as the largest upload takes.
 */
export function limitBodyTime(timeoutMs: number, long: LongBodies | undefined) {
  return (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    const isLong = long !== undefined && isFor(request, long);
    if (!isLong && hasUnreadBody(request)) {
      const timer = setTimeout(() => {
        if (!request.complete && !response.writableEnded) answerBroken({ request, response }, REQUEST_TIMEOUT);
      }, timeoutMs);
      response.once('close', () => {
        clearTimeout(timer);
      });
    }
    next();
  };
}
