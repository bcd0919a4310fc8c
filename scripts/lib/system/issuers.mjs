import { UserError } from '../run/user-error.mjs';

/**
 * @param {string} url of the upload API
 * @param {object} issuer as POST /v1/issuers takes it
 * @returns {Promise<{ ok: true, issuer: any } | { ok: false, problems: string[] }>} a line for each wrong field
 */
export async function createIssuer(url, issuer) {
  const { status, body } = await ask(`${url}/v1/issuers`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(issuer),
  });
  if (status === 201) return { ok: true, issuer: body };
  if (status === 400 && Array.isArray(body.errors)) {
    return {
      ok: false,
      problems: body.errors.map((/** @type {{ field: string, message: string }} */ { field, message }) =>
        `${field} ${message}`.trim(),
      ),
    };
  }
  throw refusal(status, body);
}

/** Every issuer, by name. @param {string} url of the upload API */
export async function* listIssuers(url) {
  for (let after = ''; ;) {
    const { status, body } = await ask(`${url}/v1/issuers${after === '' ? '' : `?after=${after}`}`);
    if (status !== 200) throw refusal(status, body);
    yield* body.issuers;
    if (body.next === null) return;
    after = body.next;
  }
}

/**
 * @param {string} url
 * @param {RequestInit} [options]
 */
async function ask(url, options) {
  let response;
  try {
    response = await fetch(url, options);
  } catch (error) {
    throw new UserError(`${url} does not answer. Is the stack up?`, { cause: error });
  }
  const text = await response.text();
  try {
    return { status: response.status, body: JSON.parse(text) };
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
