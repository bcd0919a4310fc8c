import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from '../lib/run/paths.mjs';
import { csvHeader, goodRows, multipart } from './client.mjs';

/**
 * An operation of an OpenAPI document.
 * @typedef {object} Operation
 * @property {string} method
 * @property {string} path with its parameters in braces
 * @property {readonly string[]} queryNames
 * @property {'json' | 'multipart' | undefined} bodyType
 * @property {string | undefined} anonymous why it needs no identity
 */

/**
 * A request that has an id of a thing in it.
 * @typedef {object} TenantRequest
 * @property {string} name
 * @property {string} method
 * @property {string} target path and query
 * @property {Readonly<Record<string, string>>} headers
 * @property {Buffer | string | undefined} body
 */

/**
 * Ids by the collection of a path: /v1/batches/{id} has that of `batches`.
 * @typedef {Readonly<Record<string, string>>} Ids
 */

/** @param {string} origin @returns {Promise<readonly Operation[]>} every operation that is documented there */
export async function readOperations(origin) {
  /** @type {any} */
  const document = await (await fetch(`${origin}/docs-json`)).json();
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      queryNames: (operation.parameters ?? [])
        .filter((/** @type {{ in: string }} */ each) => each.in === 'query')
        .map((/** @type {{ name: string }} */ { name }) => name),
      bodyType: bodyTypeOf(operation.requestBody?.content ?? {}),
      anonymous: operation['x-anonymous'],
    })),
  );
}

/** @param {Readonly<Record<string, unknown>>} content @returns {Operation['bodyType']} */
function bodyTypeOf(content) {
  if ('application/json' in content) return 'json';
  return 'multipart/form-data' in content ? 'multipart' : undefined;
}

/** The ids of nothing: a uuid, or a number for what is numbered. @param {Ids} like @returns {Ids} */
export function idsOfNothing(like) {
  return Object.fromEntries(
    Object.entries(like).map(([name, id]) => [name, isNumber(id) ? '999999999' : randomUUID()]),
  );
}

/** The id of a thing that no caller has. */
const nothing = '00000000-0000-4000-8000-00000000dead';

/** @param {string} id */
function isNumber(id) {
  return /^\d+$/.test(id);
}

/**
 * An answer without what no two answers share: the ids that were asked for, that of the request, and that and the time
 * of the caller's own new record.
 * @param {string} text
 * @param {Ids} ids
 */
export function comparable(text, ids) {
  let plain = text;
  for (const id of Object.values(ids)) {
    plain = isNumber(id)
      ? plain.replaceAll(`"${id}"`, `"{id}"`).replaceAll(`/${id}"`, `/{id}"`)
      : plain.replaceAll(id, '{id}');
  }
  for (const field of ['requestId', 'asOf', 'actionId']) {
    plain = plain.replaceAll(new RegExp(`"${field}":"[^"]*"`, 'g'), `"${field}":""`);
  }
  return plain;
}

/** @returns {Record<string, any>} */
function issuer() {
  return JSON.parse(
    readFileSync(join(projectFolder, 'docs', 'examples', 'issuers', '001-banco-do-brasil.json'), 'utf8'),
  );
}

/**
 * The bodies of an operation, each with ids where it takes some; none if it takes none. A body that is missing here
 * stops the checks: a new route needs an entry.
 * @type {Readonly<Record<string, (ids: Ids) => readonly Readonly<Record<string, unknown>>[]>>}
 */
const bodies = {
  'POST /v1/batches': ({ issuers }) => [{ issuerId: issuers }],
  'POST /v1/batches/{id}/exports': () => [{ format: 'pdf-zip' }, { format: 'pdf-merged' }],
  'POST /v1/issuers': () => [],
  'POST /v1/issuers/preview': ({ issuers }) => [{ id: issuers, ...issuer() }],
  'PATCH /v1/issuers/{id}': () => [{ name: 'Changed' }, { account: { ...issuer()['account'], conta: '1' } }],
  'POST /v1/dead-letters/replay': selections,
  'POST /v1/dead-letters/discard': selections,
  'POST /v1/dead-letters/restore': selections,
  'POST /v1/stages/{stage}/pause': () => [],
  'POST /v1/organizations': () => [],
  'PATCH /v1/organizations/{id}': () => [{ name: 'Changed' }, { status: 'suspended' }],
  'POST /v1/api-keys/leaked': () => [],
  'POST /v1/api-keys': () => [],
  'POST /v1/api-keys/{id}/rotate': () => [{ graceHours: 1 }],
  'POST /v1/issuer-proposals/{id}/refuse': () => [{ reason: 'not ours' }],
  'PATCH /v1/users/{id}': () => [{ role: 'viewer' }, { status: 'suspended' }],
  'PUT /v1/me/organization': ({ organizations }) => [{ organizationId: organizations }],
  // The issuers of an invitation are not looked up: a member reaches those of its organization alone.
  'POST /v1/invitations': () => [],
  'PUT /v1/me/password': () => [],
  'POST /v1/me/totp/confirm': () => [],
  'POST /v1/me/passkeys': () => [],
  'POST /v1/me/invitations': () => [],
  'POST /v1/auth/step-up': () => [],
};

/** @param {Ids} ids */
function selections({ 'dead-letters': letter, batches }) {
  return [
    { ids: [letter] },
    { ids: [letter], dryRun: true },
    { filter: { batchId: batches } },
    { filter: { batchId: batches }, dryRun: true },
  ];
}

/**
 * The path of an operation with these ids in it. One that is not there is the id of nothing.
 * @param {Operation} operation
 * @param {Ids} ids
 */
export function targetOf({ path }, ids) {
  const collection = path.split('/{id}', 1)[0]?.split('/').at(-1) ?? '';
  return path.replace('{id}', ids[collection] ?? nothing).replace('{stage}', 'notifier.chunks');
}

/**
 * Every way to name something in a request of the operation: in its path, its query, its body.
 * @param {Operation} operation
 * @param {Ids} ids
 * @returns {readonly TenantRequest[]}
 */
export function requestsOf(operation, ids) {
  const { method, path, queryNames, bodyType } = operation;
  const key = `${method} ${path}`;
  const target = targetOf(operation, ids);
  if (bodyType !== undefined) {
    const bodyOf = bodies[key];
    if (bodyOf === undefined) throw new Error(`scripts/security/tenant-requests.mjs has no body for ${key}`);
    return bodyOf(ids).map((body) => {
      const { headers, body: content } = bodyType === 'json' ? jsonOf(body) : fileWith(/** @type {any} */ (body));
      return { name: `${key} ${JSON.stringify(body).slice(0, 80)}`, method, target, headers, body: content };
    });
  }
  const named = /** @type {Readonly<Record<string, string>>} */ ({ batchId: 'batches', issuerId: 'issuers' });
  const queries = queryNames.flatMap((name) =>
    named[name] === undefined ? [] : [`?${name}=${ids[named[name]] ?? ''}`],
  );
  return [...(path.includes('{id}') ? [''] : []), ...queries].map((query) => ({
    name: `${key}${query.split('=', 1)[0] ?? ''}`,
    method,
    target: target + query,
    headers: {},
    body: undefined,
  }));
}

/** @param {object} body */
function jsonOf(body) {
  return { headers: { 'content-type': 'application/json', 'if-match': '*' }, body: JSON.stringify(body) };
}

/** @param {Record<string, string>} fields */
function fileWith(fields) {
  const { headers, body } = multipart(csvHeader + goodRows(1), fields);
  return { headers, body };
}
