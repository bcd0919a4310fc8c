import type { IncomingMessage, ServerResponse } from 'node:http';
import { findRoute, routes, type ApiName } from '#contracts/http';
import { ProblemError } from './problem.ts';

type Next = (error?: unknown) => void;

/** 421 for a request that another app answers (RFC 9110, 15.5.20): the gateway knows which. */
export function refuseMisdirected(app: ApiName) {
  return (request: IncomingMessage, _response: ServerResponse, next: Next): void => {
    const route = findRoute(request.method ?? '', request.url ?? '');
    if (route === undefined || routes[route].servedBy === app) {
      next();
      return;
    }
    next(
      new ProblemError({
        status: 421,
        code: 'MISDIRECTED',
        title: 'Another app answers this route',
        detail: `${routes[route].servedBy} answers ${route}. Send the request to PUBLIC_URL: the gateway forwards it.`,
      }),
    );
  };
}
