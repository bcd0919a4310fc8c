import { AsyncResource } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { withLogContext, type Logger } from '#observability';
import type { HttpMetrics } from './http.metrics.ts';

/** The fields of express on a request that are read here. */
interface RoutedRequest extends IncomingMessage {
  readonly baseUrl?: string;
  readonly route?: unknown;
}

/** An express middleware. */
type Middleware = (request: RoutedRequest, response: ServerResponse, next: () => void) => void;

interface RequestLoggingOptions {
  readonly logger: Logger;
  readonly metrics: HttpMetrics;
}

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/** nginx's number for a client that went away before the answer. */
const CLIENT_GONE = 499;

/**
 * One line and one measurement a request. Every line logged while answering carries `requestId`, which is the caller's
 * `X-Request-Id` when it is a plain token and is sent back; what `addLogContext` learns on the way is on the line too.
 * Such a token may be any text of a stranger. Unless it is a UUID, lines carry `recordId` beside it, a UUID of ours.
 * Only the route's template is written, never the path or the query that was asked for. Use it first.
 */
export function requestLogging({ logger, metrics }: RequestLoggingOptions): Middleware {
  return (request, response, next) => {
    const requestId = requestIdOf(request);
    response.setHeader('X-Request-Id', requestId);
    withLogContext(UUID.test(requestId) ? { requestId } : { requestId, recordId: randomUUID() }, () => {
      const startedAt = performance.now();
      const report = () => {
        const method = request.method ?? 'GET';
        const route = routeOf(request);
        const status = response.writableFinished ? response.statusCode : CLIENT_GONE;
        const durationMs = performance.now() - startedAt;
        metrics.request(method, route, status, durationMs / 1_000);
        const fields = { event: 'http.request', method, route, status, durationMs: Math.round(durationMs * 10) / 10 };
        if (status >= 500) logger.error('request', fields);
        else logger.info('request', fields);
      };
      // 'close' comes once, after the answer or instead of it; it is emitted outside this request's context.
      response.once('close', AsyncResource.bind(report));
      next();
    });
  };
}

function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[\w-]{8,64}$/.test(given) ? given : randomUUID();
}

/** Anything that no route took shares one label: paths made up by scanners must not become time series. */
function routeOf(request: RoutedRequest): string {
  const { route } = request;
  if (typeof route !== 'object' || route === null || !('path' in route)) return 'unmatched';
  return typeof route.path === 'string' ? `${request.baseUrl ?? ''}${route.path}` : 'unmatched';
}
