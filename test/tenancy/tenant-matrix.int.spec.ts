import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { contentOf } from '#testing';
import { insertPerson, signedIn } from '../../apps/billing-api/src/people/people.fixture.ts';
import { insertTestKey } from '../../libs/billing/access/src/test-key.fixture.ts';
import {
  idsOfNothing,
  comparable as plainOf,
  readOperations,
  requestsOf,
  type Operation,
  type TenantRequest,
} from '../../scripts/security/tenant-requests.mjs';
import { startSystem, type HttpSystem } from '../http/system.fixture.ts';
import { databaseWithRoles, type DatabaseWithRoles } from './http-roles.fixture.ts';
import { insertOrganization, keyOf, seedIssuer, type Ids, type Seeded } from './organization.fixture.ts';

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
  operations = (await readOperations(system.origin)).filter(({ anonymous }) => anonymous === undefined);
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

/** The key of a caller, or the headers that its browser sends. */
type Caller = string | Readonly<Record<string, string>>;

async function answerTo({ method, target, headers, body }: TenantRequest, caller: Caller): Promise<Answered> {
  const response = await fetch(`${system.origin}${target}`, {
    method,
    // A person has no key that `fetch` could carry.
    credentials: 'omit',
    headers: { ...headers, ...(typeof caller === 'string' ? { authorization: `Bearer ${caller}` } : caller) },
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
  return { ...answer, text: plainOf(text, ids) };
}

/** The requests whose answer tells whether what they name is there. */
async function differences(caller: Caller, ids: Ids): Promise<{ readonly asked: number; readonly differ: unknown[] }> {
  const nothing = idsOfNothing(ids);
  const differ: unknown[] = [];
  let asked = 0;
  for (const operation of operations) {
    const unknown = requestsOf(operation, nothing);
    for (const [at, foreign] of requestsOf(operation, ids).entries()) {
      const other = unknown[at];
      if (other === undefined) throw new Error('both have the same requests');
      const [one, two] = [await answerTo(foreign, caller), await answerTo(other, caller)];
      asked += 1;
      const [left, right] = [comparable(one, ids), comparable(two, nothing)];
      if (one.status >= 500) differ.push({ request: foreign.name, failed: left });
      if (JSON.stringify(left) !== JSON.stringify(right))
        differ.push({ request: foreign.name, foreign: left, unknown: right });
    }
  }
  return { asked, differ };
}

/** Tables with the traces of a caller: its use of a key or a session, its actions, and the record of them. */
const OF_THE_CALLER = new Set([
  'api_keys',
  'audit_events',
  'audit_events_unsealed',
  'dead_letter_actions',
  'sessions',
  'token_buckets',
]);

/** The content of every table but those. */
async function content(): Promise<Readonly<Record<string, string>>> {
  const all = await contentOf(given.database.dataSource);
  return Object.fromEntries(Object.entries(all).filter(([table]) => !OF_THE_CALLER.has(table)));
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

test('people, their sessions and invitations are those of their organization, too', async () => {
  const { manager } = given.database.dataSource;
  const theirs = await insertPerson(manager, { organizationId: first.organizationId });
  const mine = await insertPerson(manager, { organizationId: second.organizationId });
  const invited = randomUUID();
  await manager.query(
    `insert into invitations (id, organization_id, email, role, token_hash, created_by, expires_at)
     values ($1, $2, 'invited@example.com', 'viewer', $3, $4, now() + interval '1 day')`,
    [invited, first.organizationId, randomBytes(32), theirs.userId],
  );
  await signedIn(manager, system.origin, { ...theirs, organizationId: first.organizationId });
  const { cookies } = await signedIn(manager, system.origin, { ...mine, organizationId: second.organizationId });
  const [session]: { id: string }[] = await manager.query('select id from sessions where user_id = $1', [
    theirs.userId,
  ]);
  const [key]: { id: string }[] = await manager.query('select id from api_keys where organization_id = $1 limit 1', [
    first.organizationId,
  ]);
  const passkeyId = randomUUID();
  await manager.query(
    `insert into passkeys (id, user_id, credential_id, public_key, counter, transports, name)
     values ($1, $2, $3, $3, 0, '{}', 'phone')`,
    [passkeyId, theirs.userId, randomBytes(32)],
  );
  const caller = {
    origin: 'http://billing.test',
    'x-requested-with': 'smart-billing',
    cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
  };
  const ids = {
    ...first.ids,
    'api-keys': key?.id ?? '',
    passkeys: passkeyId,
    users: theirs.userId,
    invitations: invited,
    sessions: session?.id ?? '',
    organizations: first.organizationId,
  };
  const before = await content();

  const { asked, differ } = await differences(caller, ids);

  expect(differ).toEqual([]);
  expect(asked).toBeGreaterThan(35);
  expect(await content()).toEqual(before);
  // The person may do these things inside the own organization.
  const own = { name: 'own', method: 'GET', target: '/v1/users', headers: {}, body: undefined };
  const { status, text } = await answerTo(own, caller);
  expect([status, text.includes(mine.userId), text.includes(theirs.userId)]).toEqual([200, true, false]);
});

const isList = ({ method, path }: Operation): boolean =>
  method === 'GET' && !path.includes('{') && !path.endsWith('.csv');

const page = z.object({ items: z.array(z.object({ id: z.string().optional() })) });

/** The ids in every list, by its collection. */
async function listed(key: string): Promise<Readonly<Record<string, readonly (string | undefined)[]>>> {
  const found: Record<string, readonly (string | undefined)[]> = {};
  for (const { path } of operations.filter(isList)) {
    const query = path === '/v1/dead-letters' ? '?status=any' : '';
    const request = { name: path, method: 'GET', target: path + query, headers: {}, body: undefined };
    const { status, text } = await answerTo(request, key);
    if (status === 403) continue;
    found[path.split('/').at(-1) ?? ''] = page.parse(JSON.parse(text)).items.map(({ id }) => id);
  }
  return found;
}

/** The collections whose items have ids. */
const LISTED = ['issuers', 'batches', 'dead-letters', 'actions'];

test('a list has what the caller may see, and nothing else', async () => {
  const { dataSource } = given.database;
  const own = await listed(await keyOf(dataSource, second.organizationId));
  const few = await listed(await keyOf(dataSource, first.organizationId, [sibling.ids.issuers]));

  const named = (lists: typeof own, { ids }: Seeded): readonly string[] =>
    LISTED.filter((name) => lists[name]?.includes(ids[name]) === true);
  expect(named(own, second)).toEqual(LISTED);
  expect(named(own, first)).toEqual([]);
  expect(named(few, sibling)).toEqual(LISTED);
  // An action belongs to the organization, whatever it was done to.
  expect(named(few, first)).toEqual(['actions']);
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
