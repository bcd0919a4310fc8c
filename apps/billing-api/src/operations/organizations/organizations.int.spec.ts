import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { routes, type Permission } from '#contracts/http';
import { answerOf, createTestDatabase, insertOrganization, waitFor, type TestDatabase } from '#testing';
import { insertTestKey } from '../../../../../libs/billing/access/src/test-key.fixture.ts';
import { startApp, type RunningApp } from '../../billing-api.fixture.ts';
import { insertPerson, outcome, PASSWORD, signedIn, TestBrowser } from '../../people/people.fixture.ts';

const pageSchema = routes['GET /v1/organizations'].answers[200].schema;
/** Keys and sessions of an organization that is not active are refused at the latest after this. */
const REFUSED_WITHIN_MS = 5_000;

let database: TestDatabase;
let app: RunningApp;
/** Another process of the same API. */
let other: RunningApp;
let platformId: string;
/** An operator of the platform. */
let operator: TestBrowser;

beforeAll(async () => {
  database = await createTestDatabase();
  [app, other] = await Promise.all([startApp({ databaseUrl: database.url }), startApp({ databaseUrl: database.url })]);
  ({ id: platformId } = await insertOrganization(database.dataSource, { slug: 'platform' }));
  operator = await signedInAs('platform', platformId);
});

afterAll(async () => {
  await Promise.all([app.stop(), other.stop()]);
  await database.drop();
});

async function signedInAs(role: 'platform' | 'admin', organizationId: string, origin = app.url): Promise<TestBrowser> {
  const { userId } = await insertPerson(database.dataSource, { role, organizationId });
  return await signedIn(database.dataSource, origin, { userId, organizationId });
}

const change = (id: string, body: object, browser = operator) =>
  browser.ask('PATCH', `/v1/organizations/${id}`, { body });

async function keyOf(organizationId: string, permissions?: readonly Permission[]): Promise<string> {
  const some = permissions === undefined ? {} : { permissions };
  return await insertTestKey(database.dataSource.manager, { organizationId, ...some });
}

async function askWithKey(key: string, path = '/v1/batches', url = app.url): Promise<readonly unknown[]> {
  const response = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${key}` } });
  return [response.status, response.ok ? undefined : (await answerOf(response)).code];
}

async function eventsOf(organizationId: string): Promise<unknown> {
  return await database.dataSource.query(
    `select action, actor_kind as kind, organization_id as "of", details from audit_events
     where target_kind = 'organization' and target_id = $1 order by id`,
    [organizationId],
  );
}

describe('a new organization', () => {
  test('has a first admin: the person that joins by the link that was told once', async () => {
    const request = { name: 'Acme Ltda', slug: 'acme', limits: { uploads: 60 }, adminEmail: 'Ana@Acme.example' };
    const made = await operator.post('/v1/organizations', request);
    const id = String(made.body['id']);
    const invitation = made.body['invitation'] as { readonly id: string; readonly link: string };
    expect([made.status, made.body]).toEqual([
      201,
      expect.objectContaining({ name: 'Acme Ltda', slug: 'acme', status: 'active', limits: { uploads: 60 } }),
    ]);
    expect(invitation.link).toMatch(/^http:\/\/billing\.test\/invitation#[\w-]{43}$/);

    const ana = new TestBrowser(app.url);
    const account = { token: invitation.link.split('#')[1], name: 'Ana Prado', password: PASSWORD };
    expect((await ana.post('/v1/invitations/accept', account)).body).toEqual({ next: 'enrol' });
    expect((await ana.get('/v1/me')).body).toMatchObject({ role: 'admin', organization: { id } });
    expect(outcome(await ana.post('/v1/invitations/accept', account))).toEqual([404, 'LINK_INVALID']);
    expect(await eventsOf(id)).toEqual([
      {
        action: 'organization.created',
        kind: 'person',
        of: null,
        details: { limits: { uploads: 60 }, invitationId: invitation.id },
      },
    ]);
  });

  test('needs no admin at once, and no other one has its slug', async () => {
    const request = { name: 'Beta', slug: `beta-${randomUUID()}` };
    expect((await operator.post('/v1/organizations', request)).body).toMatchObject({ invitation: null, limits: {} });
    const again = await operator.post('/v1/organizations', { ...request, adminEmail: 'bia@beta.example' });
    expect(outcome(again)).toEqual([409, 'SLUG_TAKEN']);
    const left: unknown = await database.dataSource.query(`select from invitations where email = 'bia@beta.example'`);
    expect(left).toEqual([]);
  });

  test.each([
    { name: 'X' },
    { name: 'X', slug: 'Not Plain' },
    { name: ' ', slug: 'x' },
    { name: 'X', slug: 'x', limits: { uploads: 0 } },
    { name: 'X', slug: 'x', limits: { wings: 2 } },
    { name: 'X', slug: 'x', adminEmail: 'nowhere' },
    { name: 'X', slug: 'x', id: '0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e' },
  ])('%j is refused', async (body) => {
    expect(outcome(await operator.post('/v1/organizations', body))).toEqual([400, 'FIELD_INVALID']);
  });
});

test('the list is given a page at a time, by slug', async () => {
  for (const slug of ['list-a', 'list-b']) await insertOrganization(database.dataSource, { slug });
  const slugs: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const { body } = await operator.get(`/v1/organizations?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
    const page = pageSchema.parse(body);
    slugs.push(...page.items.map(({ slug }) => slug));
    cursor = page.nextCursor;
  }
  const all: { slug: string }[] = await database.dataSource.query('select slug from organizations order by slug');
  expect(slugs).toEqual(all.map(({ slug }) => slug));
  expect(outcome(await operator.get('/v1/organizations?cursor=No'))).toEqual([400, 'FIELD_INVALID']);
});

describe('a change', () => {
  test('keeps what is null or absent, gives defaults again, and is on record once', async () => {
    const { id } = await insertOrganization(database.dataSource, { name: 'Gama', limits: { rows: 5, files: 7 } });
    const limits = { uploads: 60, rows: 'none', files: null };
    const changed = await change(id, { name: 'Gama Ltda', status: null, limits });
    const expected = { id, name: 'Gama Ltda', status: 'active', limits: { files: 7, uploads: 60 } };
    expect([changed.status, changed.body]).toEqual([200, expect.objectContaining(expected)]);

    expect((await change(id, {})).body).toEqual(changed.body);
    expect((await change(id, { name: 'Gama Ltda', limits: { uploads: 60 } })).body).toEqual(changed.body);
    expect(await eventsOf(id)).toEqual([
      {
        action: 'organization.changed',
        kind: 'person',
        of: null,
        details: { fields: ['name', 'limits.uploads', 'limits.rows'], limits: { uploads: 60 } },
      },
    ]);
  });

  test.each([{ status: 'gone' }, { limits: { uploads: 0 } }, { limits: { rows: 'all' } }, { slug: 'other' }])(
    '%j is refused',
    async (body) => {
      expect(outcome(await change(platformId, body))).toEqual([400, 'FIELD_INVALID']);
    },
  );

  test('of an organization that is not there, or that ends the own one, is refused', async () => {
    expect(outcome(await change(randomUUID(), { name: 'X' }))).toEqual([404, 'ORGANIZATION_NOT_FOUND']);
    for (const status of ['suspended', 'closed'])
      expect(outcome(await change(platformId, { status }))).toEqual([409, 'OWN_ORGANIZATION']);
    expect((await change(platformId, { name: 'Operators' })).status).toBe(200);
  });
});

describe.each(['suspended', 'closed'] as const)('an organization that is %s', (status) => {
  test('is refused by every process within five seconds, with its keys and its sessions, until it is active', async () => {
    const { id } = await insertOrganization(database.dataSource);
    const key = await keyOf(id);
    const admins = [await signedInAs('admin', id), await signedInAs('admin', id, other.url)];
    const answers = async (): Promise<unknown> => [
      await askWithKey(key),
      await askWithKey(key, '/v1/batches', other.url),
      ...(await Promise.all(admins.map(async (admin) => outcome(await admin.get('/v1/users'))))),
    ];
    const open = [200, undefined];
    expect(await answers()).toEqual([open, open, open, open]);

    expect((await change(id, { status })).body).toMatchObject({ status });
    const refused = [401, 'KEY_INVALID'];
    const signedOut = [401, 'SIGN_IN_REQUIRED'];
    const all = JSON.stringify([refused, refused, signedOut, signedOut]);
    await waitFor(async () => JSON.stringify(await answers()) === all, {
      describe: 'refused everywhere',
      timeoutMs: REFUSED_WITHIN_MS,
    });

    expect((await change(id, { status: 'active' })).status).toBe(200);
    await waitFor(async () => (await askWithKey(key))[0] === 200, { describe: 'the key works again' });
    expect(await eventsOf(id)).toMatchObject([{ details: { status } }, { details: { status: 'active' } }]);
  });
});

describe('organizations are managed', () => {
  test('by people of the platform alone, after a fresh proof', async () => {
    const { id } = await insertOrganization(database.dataSource);
    const admin = await signedInAs('admin', id);
    for (const said of [
      await admin.get('/v1/organizations'),
      await admin.post('/v1/organizations', { name: 'X', slug: 'x' }),
      await change(id, { limits: { uploads: 1_000 } }, admin),
    ]) {
      expect(outcome(said)).toEqual([403, 'PERMISSION_MISSING']);
    }

    const { userId } = await insertPerson(database.dataSource, { role: 'platform', organizationId: platformId });
    const tired = await signedIn(database.dataSource, app.url, { userId, organizationId: platformId });
    await database.dataSource.query(
      `update sessions set auth_time = now() - interval '601 seconds' where user_id = $1`,
      [userId],
    );
    expect((await tired.get('/v1/organizations')).status).toBe(200);
    expect(outcome(await change(id, { name: 'X' }, tired))).toEqual([401, 'STEP_UP_REQUIRED']);
  });

  test('by no key, which may list them', async () => {
    const key = await keyOf(platformId, ['organizations:manage']);
    expect(await askWithKey(key, '/v1/organizations')).toEqual([200, undefined]);
    const response = await fetch(`${app.url}/v1/organizations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'X', slug: 'x' }),
    });
    expect([response.status, (await answerOf(response)).code]).toEqual([403, 'PEOPLE_ALONE']);
  });
});
