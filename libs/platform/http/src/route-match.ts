import type { IncomingMessage } from 'node:http';

/** A route of ours before express has found it: `path` is the whole of it, '/v1/batches', in lower case. */
export interface RouteToMatch {
  readonly method: string;
  readonly path: string;
}

/** True if express sends a request to the route: it takes paths in any case, with a slash at the end or without. */
export function isFor(request: IncomingMessage, { method, path }: RouteToMatch): boolean {
  const asked = request.url?.split('?')[0]?.toLowerCase();
  return request.method === method && (asked === path || asked === `${path}/`);
}
