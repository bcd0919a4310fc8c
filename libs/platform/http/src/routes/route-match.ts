import type { IncomingMessage } from 'node:http';

/**
 * A route of ours before express has found it: `path` is the whole of it, in lower case: '/v1/batches'. A segment such
 * as `{id}` stands for any text.
 */
export interface RouteToMatch {
  readonly method: string;
  readonly path: string;
}

/** True if express sends a request to the route: it takes paths in any case, with a slash at the end or without. */
export function isFor(request: IncomingMessage, { method, path }: RouteToMatch): boolean {
  if (request.method !== method) return false;
  const wanted = path.split('/');
  const asked = request.url?.split('?')[0]?.toLowerCase().split('/') ?? [];
  const isWithSlash = asked.length === wanted.length + 1 && asked.at(-1) === '';
  return (
    (asked.length === wanted.length || isWithSlash) &&
    wanted.every((segment, at) => (segment.startsWith('{') ? asked[at] !== '' : asked[at] === segment))
  );
}
