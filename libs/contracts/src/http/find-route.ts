import { type RouteKey, routes } from './routes.ts';

interface Pattern {
  readonly key: RouteKey;
  readonly method: string;
  readonly path: RegExp;
}

const patterns: readonly Pattern[] = (Object.keys(routes) as RouteKey[]).map((key) => {
  const [method = '', path = ''] = key.split(' ');
  const source = path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+');
  return { key, method, path: new RegExp(`^${source}/?$`, 'i') };
});

/**
 * The route that a request takes, as the apps find it: paths in any case, with a slash at the end or without; HEAD
 * takes the route of GET. `target` is a path, with or without a query.
 */
export function findRoute(method: string, target: string): RouteKey | undefined {
  const [path = ''] = target.split('?', 1);
  const wanted = method === 'HEAD' ? 'GET' : method;
  return patterns.find((each) => each.method === wanted && each.path.test(path))?.key;
}
