import { routes, type RouteKey } from './routes.ts';

/** A segment of a path: fixed text, or a parameter between fixed texts, as in `{id}.pdf`. */
interface Segment {
  readonly before: string;
  readonly after: string;
  readonly isParameter: boolean;
}

interface Pattern {
  readonly key: RouteKey;
  readonly method: string;
  readonly segments: readonly Segment[];
}

const patterns: readonly Pattern[] = (Object.keys(routes) as RouteKey[]).map((key) => {
  const [method = '', path = ''] = key.split(' ');
  return { key, method, segments: path.toLowerCase().split('/').map(segmentOf) };
});

function segmentOf(text: string): Segment {
  const start = text.indexOf('{');
  if (start < 0) return { before: text, after: '', isParameter: false };
  return { before: text.slice(0, start), after: text.slice(text.indexOf('}') + 1), isParameter: true };
}

function fits({ before, after, isParameter }: Segment, text: string | undefined): boolean {
  if (text === undefined) return false;
  if (!isParameter) return text === before;
  return text.length > before.length + after.length && text.startsWith(before) && text.endsWith(after);
}

/**
 * The route that a request takes, as the apps find it: paths in any case, with a slash at the end or without; HEAD
 * takes the route of GET. `target` is a path, with or without a query.
 */
export function findRoute(method: string, target: string): RouteKey | undefined {
  const [path = ''] = target.split('?', 1);
  const wanted = method === 'HEAD' ? 'GET' : method;
  const segments = path.toLowerCase().split('/');
  if (segments.length > 2 && segments.at(-1) === '') segments.pop();
  return patterns.find(
    (each) =>
      each.method === wanted &&
      each.segments.length === segments.length &&
      each.segments.every((segment, at) => fits(segment, segments[at])),
  )?.key;
}
