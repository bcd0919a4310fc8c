import { afterAll, beforeAll, expect, test } from 'vitest';
import { routes, type RouteKey } from '#contracts/http';
import { contentOf, documentedOperations, type Operation } from '#testing';
import { insertTestKey } from '../../libs/billing/access/src/test-key.fixture.ts';
import { startSystem, type HttpSystem } from '../http/system.fixture.ts';
import { databaseWithRoles, type DatabaseWithRoles } from './http-roles.fixture.ts';
import { insertOrganization, keyOf, seedIssuer, type Ids, type Seeded } from './organization.fixture.ts';
import { idsOfNothing, requestsOf, withoutIds, type TenantRequest } from './tenant-requests.ts';

let given: DatabaseWithRoles;
let system: HttpSystem & { stop(): Promise<void> };
let operations: readonly Operation[];
let first: Seeded;
/** Another issuer of the first organization. */
let sibling: Seeded;
let second: Seeded;

beforeAll(async () => {
  given = await databaseWithRoles();
  const { dataSource, url } = given.database;
  const organizationId = await insertOrganization(dataSource, 'first');
  first = await seedIssuer(dataSource, organizationId);
  sibling = await seedIssuer(dataSource, organizationId);
  second = await seedIssuer(dataSource, await insertOrganization(dataSource, 'second'));
  system = await startSystem(url, {
    roleUrls: { 'upload-api': given.urlOf('upload-api'), 'billing-api': given.urlOf('billing-api') },
  });
  const documented = await documentedOperations(system.origin);
  operations = documented.filter(({ method, path }) => {
    const { access } = routes[`${method} ${path}` as RouteKey];
    return !('anonymous' in access);
  });
});

afterAll(async () => {
  await system.stop();
  await given.drop();
});

interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | null>>;
  readonly text: string;
}

async function answerTo({ method, target, headers, body }: TenantRequest, key: string): Promise<Answered> {
  const response = await fetch(`${system.origin}${target}`, {
    method,
    headers: { ...headers, authorization: `Bearer ${key}` },
    ...(body === undefined ? {} : { body }),
  });
  const named = ['content-type', 'etag', 'location', 'retry-after', 'www-authenticate'];
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  const text = isStream ? 'a stream' : await response.text();
  if (isStream) await response.body?.cancel();
  return {
    status: response.status,
    headers: Object.fromEntries(named.map((name) => [name, response.headers.get(name)])),
    text,
  };
}

/** An answer without what no two answers share: the id of the request, and that of the caller's own new record. */
function comparable({ text, ...answer }: Answered, ids: Ids): unknown {
  const plain = withoutIds(text, ids)
    .replaceAll(/"requestId":"[^"]*"/g, '"requestId":""')
    .replaceAll(/"asOf":"[^"]*"/g, '"asOf":""')
    .replaceAll(/"actionId":"[^"]*"/g, '"actionId":""');
  return { ...answer, text: plain };
}

/** The requests whose answer tells whether what they name is there. */
async function differences(key: string, ids: Ids): Promise<{ readonly asked: number; readonly differ: unknown[] }> {
  const nothing = idsOfNothing(ids);
  const differ: unknown[] = [];
  let asked = 0;
  for (const operation of operations) {
    const unknown = requestsOf(operation, nothing);
    for (const [at, foreign] of requestsOf(operation, ids).entries()) {
      const other = unknown[at];
      if (other === undefined) throw new Error('both have the same requests');
      const [one, two] = [await answerTo(foreign, key), await answerTo(other, key)];
      asked += 1;
      const [left, right] = [comparable(one, ids), comparable(two, nothing)];
      if (one.status >= 500) differ.push({ request: foreign.name, failed: left });
      if (JSON.stringify(left) !== JSON.stringify(right))
        differ.push({ request: foreign.name, foreign: left, unknown: right });
    }
  }
  return { asked, differ };
}

/** The content of every table, but for what a caller leaves of its own: its use of a key, and its actions. */
async function content(): Promise<Readonly<Record<string, string>>> {
  const { api_keys: _, dead_letter_actions: __, ...rest } = await contentOf(given.database.dataSource);
  return rest;
}

const actionsOf = async ({ organizationId }: Seeded): Promise<unknown> =>
  await given.database.dataSource.query('select * from dead_letter_actions where organization_id = $1 order by id', [
    organizationId,
  ]);

test('an id of another organization is answered as an id of nothing, and nothing is changed', async () => {
  const key = await keyOf(given.database.dataSource, second.organizationId);
  const [before, actions] = [await content(), await actionsOf(first)];

  const { asked, differ } = await differences(key, first.ids);

  expect(differ).toEqual([]);
  expect(asked).toBeGreaterThan(30);
  expect(await content()).toEqual(before);
  expect(await actionsOf(first)).toEqual(actions);
});

test('an id of an issuer that the key is not for is answered as an id of nothing, inside one organization', async () => {
  const key = await keyOf(given.database.dataSource, first.organizationId, [sibling.ids.issuers]);
  const { actions: _, ...ids } = first.ids;
  const before = await content();

  const { asked, differ } = await differences(key, { ...ids, actions: '999999998' });

  expect(differ).toEqual([]);
  expect(asked).toBeGreaterThan(30);
  expect(await content()).toEqual(before);
});

const isList = ({ method, path }: Operation): boolean => method === 'GET' && !path.includes('{');

async function listed(key: string): Promise<string> {
  const texts: string[] = [];
  for (const { path } of operations.filter(isList)) {
    const query = path === '/v1/dead-letters' ? '?status=any' : '';
    const request = { name: path, method: 'GET', target: path + query, headers: {}, body: undefined };
    texts.push((await answerTo(request, key)).text);
  }
  return texts.join('\n');
}

/** The collections whose ids stand in a list. */
const LISTED = ['issuers', 'batches', 'dead-letters', 'actions'];

test('a list has what the caller may see, and nothing else', async () => {
  const { dataSource } = given.database;
  const own = await listed(await keyOf(dataSource, second.organizationId));
  const few = await listed(await keyOf(dataSource, first.organizationId, [sibling.ids.issuers]));

  const named = (text: string, { ids }: Seeded): readonly string[] =>
    LISTED.filter((name) => text.includes(`"id":"${ids[name] ?? ''}"`));
  expect(named(own, second)).toEqual(LISTED);
  expect(named(own, first)).toEqual([]);
  expect(named(few, sibling)).toEqual(LISTED);
  expect(named(few, first)).toEqual(['actions']);
  for (const id of Object.values(first.ids).filter((each) => each.length === 36)) expect(own).not.toContain(id);
});

test('the ids are those of things that their owner finds', async () => {
  const key = await keyOf(given.database.dataSource, first.organizationId);
  const answers: unknown[] = [];
  for (const operation of operations.filter(({ method, path }) => method === 'GET' && path.includes('{id}'))) {
    const [request] = requestsOf(operation, first.ids);
    if (request === undefined) throw new Error('the path has an id');
    const { status } = await answerTo(request, key);
    // An export that is not made yet, and a file that is not kept.
    if (status !== 200 && status !== 409 && status !== 410) answers.push(`${request.name}: ${status.toString()}`);
  }
  expect(answers).toEqual([]);
});

test('an operator of the platform sees the dead letters of every organization, and no batch of another', async () => {
  const { manager } = given.database.dataSource;
  const key = await insertTestKey(manager, { permissions: ['stages:read', 'deadletters:read', 'batches:read'] });
  const ask = async (path: string): Promise<number> =>
    (await answerTo({ name: path, method: 'GET', target: path, headers: {}, body: undefined }, key)).status;

  for (const { ids } of [first, second]) {
    expect(await ask(`/v1/dead-letters/${ids['dead-letters'] ?? ''}`)).toBe(200);
    expect(await ask(`/v1/batches/${ids['batches'] ?? ''}`)).toBe(404);
  }
});
