import { randomUUID } from 'node:crypto';
import type { Operation } from '#testing';
import { issuerRequestOf } from '../../apps/billing-api/src/issuers/issuer-request.fixture.ts';
import { csv } from '../../apps/upload-api/src/upload-api.fixture.ts';
import type { Ids } from './organization.fixture.ts';

/** A request with an id of somebody in it. */
export interface TenantRequest {
  readonly name: string;
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | FormData | undefined;
}

/** The ids of nothing: a uuid, or a number for what is numbered. */
export function idsOfNothing(like: Ids): Ids {
  return Object.fromEntries(
    Object.entries(like).map(([name, id]) => [name, /^\d+$/.test(id) ? '999999999' : randomUUID()]),
  );
}

/** Where the answers to two requests differ only because their ids do. */
export function withoutIds(text: string, ids: Ids): string {
  let plain = text;
  for (const [name, id] of Object.entries(ids)) {
    plain = /^\d+$/.test(id)
      ? plain.replaceAll(new RegExp(`(["/])${id}(?!\\d)`, 'g'), `$1{${name}}`)
      : plain.replaceAll(id, `{${name}}`);
  }
  return plain;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * The bodies of an operation, each with ids where it takes some; none if it takes none. An operation with a body that is
 * missing here fails the test of the matrix.
 */
const bodies: Readonly<Record<string, (ids: Ids) => readonly Json[]>> = {
  'POST /v1/batches': ({ issuers }) => [{ issuerId: issuers }],
  'POST /v1/batches/{id}/exports': () => [{ format: 'pdf-zip' }, { format: 'pdf-merged' }],
  'POST /v1/issuers': () => [],
  'POST /v1/issuers/preview': ({ issuers }) => [{ id: issuers, ...issuerRequestOf(9) }],
  'PATCH /v1/issuers/{id}': () => [{ name: 'Changed' }, { account: { ...issuerRequestOf(1).account, conta: '1' } }],
  'POST /v1/dead-letters/replay': selections,
  'POST /v1/dead-letters/discard': selections,
  'POST /v1/dead-letters/restore': selections,
  'POST /v1/stages/{stage}/pause': () => [],
  'POST /v1/api-keys/leaked': () => [],
};

function selections({ 'dead-letters': letter, batches }: Ids): readonly Json[] {
  return [
    { ids: [letter] },
    { ids: [letter], dryRun: true },
    { filter: { batchId: batches } },
    { filter: { batchId: batches }, dryRun: true },
  ];
}

/** Every way to name something in a request of the operation: in its path, its query, its body. */
export function requestsOf(operation: Operation, ids: Ids): readonly TenantRequest[] {
  const { method, path, queryNames, bodyType } = operation;
  const key = `${method} ${path}`;
  const bodyOf = bodies[key];
  if (bodyType !== undefined && bodyOf === undefined) throw new Error(`the matrix has no body for ${key}`);
  const hasIdInPath = path.includes('{id}');
  const target = path
    .replace('{id}', ids[path.split('/{id}', 1)[0]?.split('/').at(-1) ?? ''] ?? randomUUID())
    .replace('{stage}', 'notifier.chunks');
  const headers = { 'if-match': '*' };
  if (bodyType !== undefined) {
    return (bodyOf?.(ids) ?? []).map((body) => ({
      name: `${key} ${JSON.stringify(body).slice(0, 80)}`,
      method,
      target,
      headers: { ...headers, ...(bodyType === 'json' ? { 'content-type': 'application/json' } : {}) },
      body: bodyType === 'json' ? JSON.stringify(body) : formOf(body),
    }));
  }
  const queries = queryNames.flatMap((name) => {
    const collection = name === 'batchId' ? 'batches' : name === 'issuerId' ? 'issuers' : undefined;
    return collection === undefined ? [] : [`?${name}=${ids[collection] ?? ''}`];
  });
  return [...(hasIdInPath ? [''] : []), ...queries].map((query) => ({
    name: `${key}${query === '' ? '' : ` ${query.split('=', 1)[0] ?? ''}`}`,
    method,
    target: target + query,
    headers,
    body: undefined,
  }));
}

function formOf(fields: Json): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, String(value));
  form.append('file', new Blob([csv()]), 'debts.csv');
  return form;
}
