import { readRunning } from '../run/run.mjs';

/** Keys by the origin that they open. @type {Map<string, string>} */
const keys = new Map();

/**
 * From now on, requests of this process to the origin carry the key.
 * @param {string} url any URL of the origin
 * @param {string} key
 */
export function useKey(url, key) {
  keys.set(new URL(url).origin, key);
}

/**
 * The header that carries the key for a URL: that of a stack that this process has found or started, otherwise
 * BILLING_API_KEY.
 * @param {string} url
 * @returns {{ authorization?: string }}
 */
export function keyHeader(url) {
  const key = keys.get(new URL(url).origin) ?? process.env['BILLING_API_KEY'];
  return key === undefined || key === '' ? {} : { authorization: `Bearer ${key}` };
}

/** The stack of this checkout that is up, if there is one. Requests to it carry its key from now on. */
export function findRunning() {
  const running = readRunning();
  if (running?.apiKey !== undefined) useKey(running.url, running.apiKey);
  return running;
}
