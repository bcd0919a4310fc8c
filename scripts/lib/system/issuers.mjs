import { UserError } from '../run/user-error.mjs';
import { keyHeader } from './api-key.mjs';

/**
 * An issuer, or a line for each wrong field.
 * @typedef {{ ok: true, issuer: any } | { ok: false, problems: string[] }} Outcome
 */

/**
 * @param {string} url of the stack
 * @param {object} issuer as POST /v1/issuers takes it
 * @returns {Promise<Outcome>}
 */
export async function createIssuer(url, issuer) {
  const { status, body } = await ask(`${url}/v1/issuers`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(issuer),
  });
  if (status === 201) return { ok: true, issuer: body };
  if (status === 400 && Array.isArray(body.errors)) return { ok: false, problems: linesOf(body) };
  throw refusal(status, body);
}

/**
 * Changes an issuer that nothing else changes meanwhile.
 * @param {string} url
 * @param {string} id
 * @param {object} change as PATCH /v1/issuers/{id} takes it
 * @returns {Promise<Outcome>}
 */
export async function changeIssuer(url, id, change) {
  const address = `${url}/v1/issuers/${encodeURIComponent(id)}`;
  const found = await ask(address);
  if (found.status !== 200) throw refusal(found.status, found.body);
  const { status, body } = await ask(address, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json', 'if-match': found.etag },
    body: JSON.stringify(change),
  });
  if (status === 200) return { ok: true, issuer: body };
  if ((status === 400 || status === 409) && Array.isArray(body.errors)) return { ok: false, problems: linesOf(body) };
  throw refusal(status, body);
}

/** @param {{ errors: readonly { field: string, message: string }[] }} problem */
function linesOf({ errors }) {
  return errors.map(({ field, message }) => `${field} ${message}`.trim());
}

/** Every issuer, by name. @param {string} url of the stack */
export async function* listIssuers(url) {
  for (let cursor = ''; ;) {
    const { status, body } = await ask(
      `${url}/v1/issuers${cursor === '' ? '' : `?cursor=${encodeURIComponent(cursor)}`}`,
    );
    if (status !== 200) throw refusal(status, body);
    yield* body.items;
    if (body.nextCursor === null) return;
    cursor = body.nextCursor;
  }
}

/**
 * @param {string} url
 * @param {{ method?: string, headers?: Record<string, string>, body?: string }} [options]
 */
async function ask(url, options = {}) {
  let response;
  try {
    response = await fetch(url, { ...options, headers: { ...keyHeader(url), ...options.headers } });
  } catch (error) {
    throw new UserError(`${url} does not answer. Is the stack up?`, { cause: error });
  }
  const text = await response.text();
  try {
    return { status: response.status, etag: response.headers.get('etag') ?? '', body: JSON.parse(text) };
  } catch (error) {
    throw new UserError(`${url} answered ${String(response.status)} with no JSON`, { cause: error });
  }
}

/**
 * @param {number} status
 * @param {{ code?: string, detail?: string, title?: string }} problem
 */
function refusal(status, { code, detail, title }) {
  return new UserError(`The API refused (${String(status)}): ${[code, detail ?? title].filter(Boolean).join(': ')}`);
}
