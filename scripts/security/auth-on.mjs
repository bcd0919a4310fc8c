import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { projectFolder } from '../lib/run/paths.mjs';
import { entryPoint } from '../lib/system/system.mjs';
import { csvHeader, ended, goodRows, send, upload } from './client.mjs';
import { comparable, idsOfNothing, readOperations, requestsOf, targetOf } from './tenant-requests.mjs';

/** @import { Ids, Operation, TenantRequest } from './tenant-requests.mjs' */

const viewerScopes = ['batches:read', 'boletos:read', 'exports:read', 'issuers:read'];
const organizationScopes = [
  ...viewerScopes,
  'batches:write',
  'boletos:write',
  'exports:write',
  'rejections:read',
  'uploads:read',
  'issuers:write',
  'deadletters:read',
  'deadletters:act',
  'debtors:pii',
];
/** It has the form and the checksum of a key, and is none. It is put together, so that no scanner takes it for one. */
const wrongKey = `sbk_test_${'0'.repeat(44)}XTC1T`;

/**
 * @typedef {object} Stack
 * @property {string} url of the gateway
 * @property {string} migrationUrl the database as the role of its owner
 * @property {string} mailbox
 * @property {string} runFolder
 * @property {readonly string[]} appNames
 * @property {string | undefined} managementUrl
 */

/** @typedef {{ line: string, faults: readonly string[] }} Finding */

/**
 * Asks every documented operation for its caller: without one, with a wrong key, with a key that may not, and with a
 * key of another organization.
 * @param {Stack} stack
 * @returns {Promise<readonly Finding[]>}
 */
export async function askEveryOperation(stack) {
  const all = await readOperations(stack.url);
  const guarded = all.filter(({ anonymous }) => anonymous === undefined);
  const writes = guarded.filter(({ method }) => method !== 'GET');
  const slug = `auth-on-${randomUUID().slice(0, 8)}`;
  await migrate(stack, ['organization', '--name', 'Of auth-on', '--slug', slug]);
  const viewer = await newKey(stack, slug, viewerScopes);
  const other = await newKey(stack, slug, organizationScopes);
  return [
    ...all.flatMap(({ method, path, anonymous }) =>
      anonymous === undefined ? [] : [{ line: `${method} ${path} needs no identity: ${anonymous}`, faults: [] }],
    ),
    await countOf(stack, guarded, { what: 'operations', status: 401, authorization: '' }),
    await countOf(stack, guarded, {
      what: 'operations with a wrong key',
      status: 401,
      authorization: `Bearer ${wrongKey}`,
    }),
    await countOf(stack, writes, {
      what: "writes with a viewer's key",
      status: 403,
      authorization: `Bearer ${viewer}`,
    }),
    await compareForeign(stack, guarded, other),
  ];
}

/** Fewer than a network without identity may send at once. */
const REQUESTS_OF_NETWORK = 20;

let sent = 0;

/**
 * @typedef {object} Asked
 * @property {string} method
 * @property {string} target
 * @property {Readonly<Record<string, string>>} [headers]
 * @property {Buffer | string | undefined} [body]
 */

/**
 * An address of this machine's own for each request, and soon another network: none of them meets the limit of a client
 * or of a network without identity.
 * @param {Stack} stack
 * @param {Asked} request
 * @param {string} authorization nothing is sent if it is empty
 */
async function ask({ url }, { method, target, headers = {}, body }, authorization) {
  sent += 1;
  const localAddress = `127.0.${String(1 + Math.floor(sent / REQUESTS_OF_NETWORK))}.${String(1 + (sent % REQUESTS_OF_NETWORK))}`;
  return await send(url, {
    method,
    path: target,
    localAddress,
    headers: { ...headers, authorization },
    ...(body === undefined ? {} : { body }),
  });
}

/**
 * @param {Stack} stack
 * @param {readonly Operation[]} operations
 * @param {{ what: string, status: number, authorization: string }} expected
 * @returns {Promise<Finding>}
 */
async function countOf(stack, operations, { what, status, authorization }) {
  const faults = [];
  for (const operation of operations) {
    const request = { method: operation.method, target: targetOf(operation, {}) };
    const answer = await ask(stack, request, authorization);
    if (answer.status !== status) faults.push(`${request.method} ${operation.path} answered ${String(answer.status)}`);
  }
  const good = operations.length - faults.length;
  return { line: `${String(operations.length)} ${what}, ${String(good)} answered ${String(status)}`, faults };
}

/**
 * Asks for ids of the stack's own organization with the key of another: each answer must be that for an id of nothing.
 * @param {Stack} stack
 * @param {readonly Operation[]} operations
 * @param {string} key
 * @returns {Promise<Finding>}
 */
async function compareForeign(stack, operations, key) {
  const ids = await makeThings(stack);
  const nothing = idsOfNothing(ids);
  const faults = [];
  let requests = 0;
  const named = operations.filter((operation) => requestsOf(operation, ids).length > 0);
  for (const operation of named) {
    const unknown = requestsOf(operation, nothing);
    for (const [at, foreign] of requestsOf(operation, ids).entries()) {
      const other = unknown[at] ?? foreign;
      const [left, right] = [await tell(stack, foreign, { key, ids }), await tell(stack, other, { key, ids: nothing })];
      requests += 1;
      if (left !== right) faults.push(`${foreign.name}: ${left} and not ${right}`);
    }
  }
  return {
    line:
      `${String(named.length)} operations (${String(requests)} requests) with foreign ids, ` +
      `${String(faults.length)} differ from unknown ids`,
    faults,
  };
}

/**
 * @param {Stack} stack
 * @param {TenantRequest} request
 * @param {{ key: string, ids: Ids }} caller
 */
async function tell(stack, request, { key, ids }) {
  const { status, headers, text } = await ask(stack, request, `Bearer ${key}`);
  return `${String(status)} ${headers['content-type'] ?? ''} ${headers.etag ?? ''} ${comparable(text, ids)}`;
}

/**
 * A batch with boletos, an export and an action on dead letters, in the organization of the stack's own key.
 * @param {Stack} stack
 * @returns {Promise<Ids>}
 */
async function makeThings(stack) {
  const accepted = await upload(stack, csvHeader + goodRows(3));
  const batch = await ended(stack, accepted.text);
  const results = await send(`${stack.url}/v1/batches/${batch.id}/results.csv`);
  const [header = '', row = ''] = results.text.split('\r\n');
  const boleto = row.split(',')[header.split(',').indexOf('boletoId')] ?? '';
  const json = { 'content-type': 'application/json' };
  const asked = { method: 'POST', headers: json, body: JSON.stringify({ format: 'pdf-zip' }) };
  const made = await send(`${stack.url}/v1/batches/${batch.id}/exports`, asked);
  const filter = { fingerprint: '0123456789abcdef' };
  const acted = { method: 'POST', headers: json, body: JSON.stringify({ filter }) };
  const action = await send(`${stack.url}/v1/dead-letters/discard`, acted);
  return {
    issuers: batch.issuerId,
    batches: batch.id,
    boletos: boleto,
    exports: JSON.parse(made.text).id,
    actions: JSON.parse(action.text).actionId,
    // No letter is made: test/tenancy has one.
    'dead-letters': '999999998',
  };
}

/** @param {Stack} stack @param {string} slug @param {readonly string[]} scopes @returns {Promise<string>} */
async function newKey(stack, slug, scopes) {
  const args = ['--kind', 'test', '--days', '1', '--organization', slug, '--scopes', scopes.join(',')];
  return await migrate(stack, ['key', '--name', 'auth-on', ...args]);
}

/** @param {Stack} stack @param {readonly string[]} args @returns {Promise<string>} what it prints */
async function migrate({ migrationUrl }, args) {
  const { stdout } = await promisify(execFile)(process.execPath, [entryPoint('migrate'), ...args], {
    cwd: projectFolder,
    env: { ...process.env, DATABASE_URL: migrationUrl },
  });
  return stdout.trim();
}
