/**
 * The API keys of the apps that a test has started, by origin. A test calls an app with `fetch` and need not think of
 * keys; it thinks of them by sending an Authorization of its own, or `credentials: 'omit'`.
 */
const keys = new Map<string, string>();

let isInstalled = false;

/** From now on `fetch` sends this key to the origin: http://127.0.0.1:40123 */
export function carryKey(origin: string, key: string): void {
  keys.set(origin, key);
  if (isInstalled) return;
  isInstalled = true;
  const plain = globalThis.fetch;
  globalThis.fetch = (input, init) => plain(input, withKey(input, init));
}

/** The Authorization that goes to the origin of a URL, for callers that use no `fetch`. */
export function keyHeader(url: string): { readonly authorization?: string } {
  const key = keys.get(new URL(url).origin);
  return key === undefined ? {} : { authorization: `Bearer ${key}` };
}

function withKey(input: Parameters<typeof fetch>[0], init: RequestInit | undefined): RequestInit | undefined {
  if (typeof input !== 'string' && !(input instanceof URL)) return init;
  const { authorization } = keyHeader(String(input));
  if (authorization === undefined || init?.credentials === 'omit') return init;
  const headers = new Headers(init?.headers);
  if (!headers.has('authorization')) headers.set('authorization', authorization);
  return { ...init, headers };
}
