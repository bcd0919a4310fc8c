import type { IncomingHttpHeaders } from 'node:http';

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * The header that a page of ours sends. A page of another site cannot send it without a preflight, which is refused.
 */
export const OWN_PAGE_HEADER = { name: 'X-Requested-With', value: 'smart-billing' } as const;

/**
 * True if a request that carries a cookie of ours may change something: a page of this origin sent it. `publicUrl` is
 * PUBLIC_URL.
 */
export function isFromOwnPage(
  { method = '', headers }: { readonly method?: string | undefined; readonly headers: IncomingHttpHeaders },
  publicUrl: string,
): boolean {
  if (SAFE_METHODS.has(method)) return true;
  const { origin, 'sec-fetch-site': site, 'x-requested-with': sender } = headers;
  const isOwn = origin === undefined ? site === 'same-origin' : origin === new URL(publicUrl).origin;
  return isOwn && sender === OWN_PAGE_HEADER.value;
}
