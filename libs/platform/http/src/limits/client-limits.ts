import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { HttpMetrics } from '../app/http.metrics.ts';
import { ProblemError } from '../problems/problem.ts';
import { clientKey } from './client-address.ts';

const MINUTE_SECONDS = 60;
/** Routes below a collection, which name one thing by its id. Express takes them in any case. */
const NAMES_AN_ID = /^\/v1\/[^/?]+\/[^/?]/i;
/** True of a path, or of its template, whose misses are counted. */
export function namesAnId(path: string): boolean {
  return NAMES_AN_ID.test(path);
}

/** The statuses of answers to an id that does not exist or never was an id. */
const MISSES: ReadonlySet<number> = new Set([400, 404]);

/** Says whether an address is that of a proxy that we trust. */
export type IsTrusted = (address: string) => boolean;

export interface ConnectionLimit {
  readonly max: number;
  readonly isTrusted: IsTrusted;
  readonly metrics: HttpMetrics;
}

/** Closes, without an answer, every connection beyond `max` of one client. A trusted proxy brings those of many. */
export function limitConnections(server: Server, { max, isTrusted, metrics }: ConnectionLimit): void {
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const { remoteAddress } = socket;
    if (remoteAddress === undefined || isTrusted(remoteAddress)) return;
    const key = clientKey(remoteAddress);
    const count = open.get(key) ?? 0;
    if (count >= max) {
      metrics.refused('CLIENT_CONNECTIONS');
      socket.destroy();
      return;
    }
    open.set(key, count + 1);
    socket.once('close', () => {
      const left = (open.get(key) ?? 1) - 1;
      if (left > 0) open.set(key, left);
      else open.delete(key);
    });
  });
}

/** No client of ours sends a request before the last one is answered; a proxy may send a few. */
const PIPELINED_MAX = 16;

/**
 * Closes a connection that sends requests without waiting for answers. All of them would be worked on at once:
 * thousands in one block of a socket, past every limit of connections. Use it first.
 */
export function limitPipelining(metrics: HttpMetrics) {
  const open = new WeakMap<Socket, number>();
  return ({ socket }: IncomingMessage, response: ServerResponse, next: () => void): void => {
    if (socket.destroyed) return;
    const count = (open.get(socket) ?? 0) + 1;
    if (count > PIPELINED_MAX) {
      metrics.refused('PIPELINED');
      socket.destroy();
      return;
    }
    open.set(socket, count);
    response.once('close', () => {
      open.set(socket, (open.get(socket) ?? 1) - 1);
    });
    next();
  };
}

interface RoutedRequest extends IncomingMessage {
  /** The client's address, behind trusted proxies too (express). */
  readonly ip?: string | undefined;
}

/**
 * 429 for a client that asks for more than `perMinute` things that are not there: it guesses ids. Only requests that
 * name an id are counted and refused, so that other clients of its address can still upload and list.
 */
export function limitGuesses(perMinute: number) {
  const misses = new RateLimiterMemory({ points: perMinute, duration: MINUTE_SECONDS });
  return async (request: RoutedRequest, response: ServerResponse, next: (error?: unknown) => void): Promise<void> => {
    if (!namesAnId(request.url ?? '')) {
      next();
      return;
    }
    const key = clientKey(request.ip);
    const counted = await misses.get(key);
    if (counted !== null && counted.remainingPoints <= 0) {
      next(rateLimited(counted.msBeforeNext));
      return;
    }
    response.once('finish', () => {
      if (!MISSES.has(response.statusCode)) return;
      // It rejects with the count when that is beyond the limit, which the next request is told.
      misses.consume(key).catch((reason: unknown) => {
        if (!(reason instanceof RateLimiterRes)) throw reason;
      });
    });
    next();
  };
}

function rateLimited(waitMs: number): ProblemError {
  return new ProblemError({
    status: 429,
    code: 'RATE_LIMITED',
    title: 'Too many requests for ids that are not there',
    detail: 'Wait as long as Retry-After says, and take ids from the answers of this API: they are not to be guessed.',
    headers: { 'Retry-After': Math.max(1, Math.ceil(waitMs / 1_000)).toString() },
  });
}
