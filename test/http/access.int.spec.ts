import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEFAULT_ORGANIZATION, makeKey, rotateKey } from '#access';
import { keyPermissions, type Role } from '#contracts/http';
import { withTransaction } from '#database';
import { answerOf, createTestDatabase, insertIssuer, insertOrganization, waitFor, type TestDatabase } from '#testing';
import { startApp, type RunningApp } from '../../apps/billing-api/src/billing-api.fixture.ts';
import { insertPerson } from '../../apps/billing-api/src/people/people.fixture.ts';
import { hashOfKey, insertTestKey, newKeyText } from '../../libs/billing/access/src/test-key.fixture.ts';

let database: TestDatabase;
let app: RunningApp;
/** Another process of the same API. */
let other: RunningApp;

beforeAll(async () => {
  database = await createTestDatabase();
  [app, other] = await Promise.all([startApp({ databaseUrl: database.url }), startApp({ databaseUrl: database.url })]);
});
afterAll(async () => {
  await Promise.all([app.stop(), other.stop()]);
  await database.drop();
});

const ask = (key: string, path = '/v1/batches', url = app.url): Promise<Response> =>
  fetch(`${url}${path}`, { headers: { authorization: `Bearer ${key}` } });

const codeOf = async (response: Response): Promise<unknown> => [response.status, (await answerOf(response)).code];

test('a request without a key is told to sign in', async () => {
  const response = await fetch(`${app.url}/v1/batches`, { credentials: 'omit' });

  expect(response.headers.get('www-authenticate')).toBe('Bearer realm="smart-billing"');
  expect(await codeOf(response)).toEqual([401, 'SIGN_IN_REQUIRED']);
});

test.each(['', 'nonsense', newKeyText('test')])('the key %j is not valid', async (key) => {
  expect(await codeOf(await ask(key))).toEqual([401, 'KEY_INVALID']);
});

test('a key of another scheme than Bearer is not valid', async () => {
  const response = await fetch(`${app.url}/v1/batches`, { headers: { authorization: `Basic ${app.key}` } });

  expect(await codeOf(response)).toEqual([401, 'KEY_INVALID']);
});

test('a key may do what its scopes say, and nothing else', async () => {
  const key = await insertTestKey(database.dataSource.manager, { permissions: ['batches:read'] });

  expect((await ask(key)).status).toBe(200);
  expect(await codeOf(await ask(key, '/v1/issuers'))).toEqual([403, 'PERMISSION_MISSING']);
});

test('a key of a network works from it alone', async () => {
  const facts = { organizationId: DEFAULT_ORGANIZATION, kind: 'live', issuerIds: null, createdBy: null } as const;
  const rest = { ...facts, scopes: ['batches:read'], expiresInDays: 1 } as const;
  const { manager } = database.dataSource;
  const here = await makeKey(manager, { ...rest, name: 'here', cidrs: ['127.0.0.0/8', '::1/128'] });
  const elsewhere = await makeKey(manager, { ...rest, name: 'elsewhere', cidrs: ['192.0.2.0/24'] });

  expect((await ask(here.secret)).status).toBe(200);
  expect(await codeOf(await ask(elsewhere.secret))).toEqual([401, 'KEY_INVALID']);
});

test('a revoked key is refused in every process, and its use was noted', async () => {
  const key = await insertTestKey(database.dataSource.manager);
  expect((await ask(key)).status).toBe(200);
  expect((await ask(key, '/v1/batches', other.url)).status).toBe(200);
  await waitFor(
    async () => {
      const sql = 'select 1 from api_keys where hash = $1 and last_used_at is not null';
      return (await database.dataSource.query<unknown[]>(sql, [hashOfKey(key)])).length === 1;
    },
    { describe: 'the use is noted' },
  );

  await database.dataSource.query(`update api_keys set revoked_at = now(), revoked_by = 'test' where hash = $1`, [
    hashOfKey(key),
  ]);

  for (const { url } of [app, other]) {
    await waitFor(async () => (await ask(key, '/v1/batches', url)).status === 401, { describe: `refused by ${url}` });
  }
});

test('a rotated key works beside the new one until its grace ends', async () => {
  const { dataSource } = database;
  const scopes = ['batches:read'] as const;
  const old = await makeKey(dataSource.manager, {
    organizationId: DEFAULT_ORGANIZATION,
    name: 'rotated',
    kind: 'live',
    scopes,
    issuerIds: null,
    cidrs: null,
    expiresInDays: 30,
    createdBy: null,
  });
  const rotated = await withTransaction(dataSource, (tx) =>
    rotateKey(tx, { id: old.id, organizationId: DEFAULT_ORGANIZATION }, { graceHours: 24, createdBy: null }),
  );

  expect((await ask(old.secret)).status).toBe(200);
  expect((await ask(rotated?.secret ?? '')).status).toBe(200);

  const ended = await withTransaction(dataSource, (tx) =>
    rotateKey(tx, { id: rotated?.id ?? '', organizationId: DEFAULT_ORGANIZATION }, { graceHours: 0, createdBy: null }),
  );
  await waitFor(async () => (await ask(rotated?.secret ?? '')).status === 401, { describe: 'the grace has ended' });
  expect((await ask(ended?.secret ?? '')).status).toBe(200);
});

test('a finder of a key can end it, without a key of his own', async () => {
  const key = await insertTestKey(database.dataSource.manager);
  const tell = (): Promise<Response> =>
    fetch(`${app.url}/v1/api-keys/leaked`, {
      method: 'POST',
      credentials: 'omit',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ key }),
    });

  expect(await (await tell()).json()).toEqual({ ended: true });
  expect(await (await tell()).json()).toEqual({ ended: false });
  await waitFor(async () => (await ask(key)).status === 401, { describe: 'the key has ended' });
});

test('a key of a suspended organization opens nothing', async () => {
  const { dataSource } = database;
  const organizationId = '00000000-0000-4000-8000-0000000000a1';
  await dataSource.query(`insert into organizations (id, name, slug) values ($1, 'Suspended', 'suspended')`, [
    organizationId,
  ]);
  const key = await insertTestKey(dataSource.manager, { organizationId });
  expect((await ask(key)).status).toBe(200);

  await dataSource.query(`update organizations set status = 'suspended' where id = $1`, [organizationId]);

  await waitFor(async () => (await ask(key)).status === 401, { describe: 'refused' });
});

/** A key with every scope that a key may have, made by a person with that role. */
async function keyOfPerson(role: Role): Promise<{ readonly key: string; readonly maker: string }> {
  const { userId: maker } = await insertPerson(database.dataSource, { role });
  const { secret: key } = await makeKey(database.dataSource.manager, {
    organizationId: DEFAULT_ORGANIZATION,
    name: 'ERP',
    kind: 'live',
    scopes: keyPermissions,
    issuerIds: null,
    cidrs: null,
    expiresInDays: 1,
    createdBy: maker,
  });
  return { key, maker };
}

/** Changes a membership as no route does it: without a word to any process. */
async function changeMember(userId: string, set: string, values: readonly unknown[] = []): Promise<void> {
  await database.dataSource.query(
    `update memberships set ${set} where user_id = $1 and organization_id = '${DEFAULT_ORGANIZATION}'`,
    [userId, ...values],
  );
}

/** Waits until both processes answer the key alike. */
async function everywhere(key: string, path: string, status: number): Promise<void> {
  for (const { url } of [app, other]) {
    await waitFor(async () => (await ask(key, path, url)).status === status, {
      describe: `${status.toString()} of ${path} at ${url}`,
    });
  }
}

test('a key is cut in every process when its maker is demoted, and whole again with the role', async () => {
  const { key, maker } = await keyOfPerson('operator');
  await everywhere(key, '/v1/dead-letters', 200);
  // The scope was given, and its maker never had it.
  expect(await codeOf(await ask(key, '/v1/stages'))).toEqual([403, 'PERMISSION_MISSING']);

  await changeMember(maker, `role = 'viewer'`);
  await everywhere(key, '/v1/dead-letters', 403);
  expect((await ask(key)).status).toBe(200);

  await changeMember(maker, `role = 'operator'`);
  await everywhere(key, '/v1/dead-letters', 200);
});

test.each(['suspended', 'ended'])('a key is refused in every process while its maker is %s', async (status) => {
  const { key, maker } = await keyOfPerson('viewer');
  await everywhere(key, '/v1/batches', 200);

  await changeMember(maker, `status = '${status}'`);
  await everywhere(key, '/v1/batches', 401);
  expect(await codeOf(await ask(key))).toEqual([401, 'KEY_INVALID']);
  const reason = `select from audit_events where action = 'request.denied' and details->>'reason' = 'maker_inactive'
    and actor_id = (select id from api_keys where created_by = $1)`;
  expect(await database.dataSource.query<unknown[]>(reason, [maker])).not.toEqual([]);

  await changeMember(maker, `status = 'active'`);
  await everywhere(key, '/v1/batches', 200);
});

test('a key has lost its maker also when that person is an admin of another organization', async () => {
  const { key, maker } = await keyOfPerson('viewer');
  const { id } = await insertOrganization(database.dataSource);
  await database.dataSource.query(`insert into memberships (user_id, organization_id, role) values ($1, $2, 'admin')`, [
    maker,
    id,
  ]);
  await changeMember(maker, `status = 'ended'`);

  await everywhere(key, '/v1/batches', 401);
});

test('a key reaches no issuer that its maker does not see any more', async () => {
  const { key, maker } = await keyOfPerson('viewer');
  const [seen, hidden] = [await insertIssuer(database.dataSource), await insertIssuer(database.dataSource)];
  await everywhere(key, `/v1/issuers/${hidden.id}`, 200);

  await changeMember(maker, 'issuer_ids = $2::uuid[]', [[seen.id]]);

  await everywhere(key, `/v1/issuers/${hidden.id}`, 404);
  expect((await ask(key, `/v1/issuers/${seen.id}`)).status).toBe(200);
});
