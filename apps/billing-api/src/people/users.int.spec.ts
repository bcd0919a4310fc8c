import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, insertIssuer, type TestDatabase } from '#testing';
import { startApp, type RunningApp } from '../billing-api.fixture.ts';
import {
  FREE_OF_LIMITS,
  insertPerson,
  outcome,
  PASSWORD,
  signedIn,
  TestBrowser,
  type TestPerson,
} from './people.fixture.ts';

const OTHER_ORGANIZATION = '00000000-0000-4000-8000-0000000000b2';

let database: TestDatabase;
let app: RunningApp;
let person: TestPerson;
let admin: TestBrowser;

beforeAll(async () => {
  database = await createTestDatabase();
  app = await startApp({ databaseUrl: database.url, config: FREE_OF_LIMITS });
  person = await insertPerson(database.dataSource);
  admin = await signedIn(database.dataSource, app.url, person);
  await database.dataSource.query(`insert into organizations (id, name, slug) values ($1, 'Other', 'other')`, [
    OTHER_ORGANIZATION,
  ]);
});
afterAll(async () => {
  await app.stop();
  await database.drop();
});

const token = (link: unknown): string => String(link).split('#')[1] ?? '';

const change = (browser: TestBrowser, id: string, body: object) => browser.ask('PATCH', `/v1/users/${id}`, { body });

const inviteEva = () => admin.post('/v1/invitations', { email: 'eva@example.com', role: 'viewer' });

const acceptAsEva = (link: unknown) =>
  new TestBrowser(app.url).post('/v1/invitations/accept', { token: token(link), name: 'Eva', password: PASSWORD });

/** The answers about a person, without what differs from request to request. */
async function answersAbout(id: string) {
  const said = await Promise.all([
    change(admin, id, { role: 'viewer' }),
    admin.ask('DELETE', `/v1/users/${id}/sessions`),
    admin.post(`/v1/users/${id}/password-reset`),
  ]);
  return said.map(({ status, body }) =>
    JSON.stringify([status, { ...body, requestId: undefined }]).replaceAll(id, 'ID'),
  );
}

test('an invited person makes an account by the link, once, and is a member with that role', async () => {
  const made = await admin.post('/v1/invitations', { email: 'Rui@Example.com', role: 'viewer' });
  expect([made.status, made.body]).toEqual([
    201,
    expect.objectContaining({ email: 'rui@example.com', role: 'viewer' }),
  ]);
  expect(made.body['link']).toMatch(/^http:\/\/billing\.test\/invitation#[\w-]{43}$/);
  expect(JSON.stringify((await admin.get('/v1/invitations')).body)).not.toContain(token(made.body['link']));

  const rui = new TestBrowser(app.url);
  const account = { token: token(made.body['link']), name: 'Rui Paz', password: PASSWORD };
  expect((await rui.post('/v1/invitations/accept', account)).body).toEqual({ next: 'enrol' });
  expect((await rui.get('/v1/me')).body).toMatchObject({ user: { email: 'rui@example.com' }, role: 'viewer' });
  expect(outcome(await rui.post('/v1/invitations/accept', account))).toEqual([404, 'LINK_INVALID']);

  const { items } = (await admin.get('/v1/users')).body as { items: object[] };
  expect(items).toContainEqual(
    expect.objectContaining({ email: 'rui@example.com', role: 'viewer', status: 'active', hasSecondFactor: false }),
  );
  const again = await admin.post('/v1/invitations', { email: 'rui@example.com', role: 'admin' });
  expect(outcome(again)).toEqual([409, 'ALREADY_MEMBER']);
});

test('a newer invitation replaces the older one, and one that was withdrawn works no more', async () => {
  const [older, newer] = [await inviteEva(), await inviteEva()];

  expect(outcome(await acceptAsEva(older.body['link']))).toEqual([404, 'LINK_INVALID']);
  const withdraw = () => admin.ask('DELETE', `/v1/invitations/${String(newer.body['id'])}`);
  expect((await withdraw()).body).toEqual({ withdrawn: true });
  expect(outcome(await withdraw())).toEqual([404, 'INVITATION_NOT_FOUND']);
  expect(outcome(await acceptAsEva(newer.body['link']))).toEqual([404, 'LINK_INVALID']);
});

test('an invitation ends with the role of the person that made it', async () => {
  const other = await insertPerson(database.dataSource);
  const browser = await signedIn(database.dataSource, app.url, other);
  const made = await browser.post('/v1/invitations', { email: 'second.self@example.com', role: 'admin' });
  expect(made.status).toBe(201);
  expect((await change(admin, other.userId, { status: 'ended' })).status).toBe(200);

  const account = { token: token(made.body['link']), name: 'Bob', password: PASSWORD };
  expect(outcome(await new TestBrowser(app.url).post('/v1/invitations/accept', account))).toEqual([
    404,
    'LINK_INVALID',
  ]);
});

test('an operator of the platform joins no organization', async () => {
  const operator = await insertPerson(database.dataSource, { role: 'platform', organizationId: OTHER_ORGANIZATION });
  const made = await admin.post('/v1/invitations', { email: operator.email, role: 'viewer' });
  const browser = await signedIn(database.dataSource, app.url, {
    userId: operator.userId,
    organizationId: OTHER_ORGANIZATION,
  });
  expect(outcome(await browser.post('/v1/me/invitations', { token: token(made.body['link']) }))).toEqual([
    409,
    'ROLE_OF_PLATFORM',
  ]);
});

test('a person with an account joins another organization while signed in, and works there', async () => {
  const guest = await insertPerson(database.dataSource, { role: 'viewer' });
  const host = await insertPerson(database.dataSource, { organizationId: OTHER_ORGANIZATION });
  const hostBrowser = await signedIn(database.dataSource, app.url, { ...host, organizationId: OTHER_ORGANIZATION });
  const { body } = await hostBrowser.post('/v1/invitations', { email: guest.email, role: 'operator' });
  const link = token(body['link']);

  const account = { token: link, name: 'Guest', password: PASSWORD };
  const asNew = await new TestBrowser(app.url).post('/v1/invitations/accept', account);
  expect(outcome(asNew)).toEqual([409, 'ACCOUNT_EXISTS']);
  expect(outcome(await admin.post('/v1/me/invitations', { token: link }))).toEqual([404, 'LINK_INVALID']);

  const browser = await signedIn(database.dataSource, app.url, guest);
  const choose = (organizationId: string) => browser.ask('PUT', '/v1/me/organization', { body: { organizationId } });
  expect(outcome(await choose(OTHER_ORGANIZATION))).toEqual([404, 'ORGANIZATION_NOT_FOUND']);
  expect((await browser.post('/v1/me/invitations', { token: link })).body).toEqual({
    organizationId: OTHER_ORGANIZATION,
    role: 'operator',
  });
  const before = browser.cookies.get('__Host-sb_session');
  expect((await choose(OTHER_ORGANIZATION)).body).toEqual({ changed: true });
  expect(browser.cookies.get('__Host-sb_session')).not.toBe(before);
  expect((await browser.get('/v1/me')).body).toMatchObject({ organization: { name: 'Other' }, role: 'operator' });

  // No admin of one organization gets at what is the other's.
  const reset = await admin.post(`/v1/users/${guest.userId}/password-reset`);
  expect(outcome(reset)).toEqual([409, 'MEMBER_ELSEWHERE']);
});

test('a role that was taken away counts at the next request, and a member that has left is signed out', async () => {
  const member = await insertPerson(database.dataSource, { role: 'admin' });
  const browser = await signedIn(database.dataSource, app.url, member);
  expect((await browser.get('/v1/users')).status).toBe(200);

  expect((await change(admin, member.userId, { role: 'viewer' })).body).toMatchObject({ role: 'viewer' });
  expect(outcome(await browser.get('/v1/users'))).toEqual([403, 'PERMISSION_MISSING']);
  expect((await change(admin, member.userId, { status: 'ended' })).body).toMatchObject({ status: 'ended' });
  expect(outcome(await browser.get('/v1/me'))).toEqual([401, 'SIGN_IN_REQUIRED']);
});

test('an admin signs a person out everywhere', async () => {
  const member = await insertPerson(database.dataSource, { role: 'viewer' });
  const browsers = await Promise.all([1, 2].map(() => signedIn(database.dataSource, app.url, member)));

  expect((await admin.ask('DELETE', `/v1/users/${member.userId}/sessions`)).body).toEqual({ ended: 2 });
  for (const browser of browsers) expect((await browser.get('/v1/me')).status).toBe(401);
});

test('a person may be limited to some issuers of the organization, and to no others', async () => {
  const member = await insertPerson(database.dataSource, { role: 'viewer' });
  const { id } = await insertIssuer(database.dataSource);
  const changed = await change(admin, member.userId, { issuerIds: [id] });
  expect(changed.body).toMatchObject({ issuerIds: [id] });

  for (const body of [{ issuerIds: [randomUUID()] }, { role: 'admin', issuerIds: [id] }, { role: 'platform' }]) {
    expect(outcome(await change(admin, member.userId, body))).toEqual([400, 'FIELD_INVALID']);
  }
  expect((await change(admin, member.userId, { role: 'admin' })).body).toMatchObject({ issuerIds: null });
  await change(admin, member.userId, { role: 'viewer' });
});

test('the last admin cannot leave, not even when two leave at once', async () => {
  const organizationId = OTHER_ORGANIZATION;
  await database.dataSource.query(
    `update memberships set status = 'ended' where organization_id = $1 and role <> 'admin'`,
    [organizationId],
  );
  const { rows } = {
    rows: await database.dataSource.query<{ id: string }[]>(
      `select user_id as id from memberships where organization_id = $1 and role = 'admin'`,
      [organizationId],
    ),
  };
  const second = await insertPerson(database.dataSource, { organizationId });
  const ids = [...rows.map(({ id }) => id), second.userId];
  const browsers = await Promise.all(
    ids.map((userId) => signedIn(database.dataSource, app.url, { userId, organizationId })),
  );

  const answers = await Promise.all(browsers.map((browser, at) => change(browser, ids[at] ?? '', { role: 'viewer' })));

  expect(answers.map(outcome).toSorted(([a], [b]) => Number(a) - Number(b))).toEqual([
    [200, undefined],
    [409, 'LAST_ADMIN'],
  ]);
});

test('people of another organization look exactly like people that are not there', async () => {
  const foreign = await insertPerson(database.dataSource, { organizationId: OTHER_ORGANIZATION });
  const unknown = randomUUID();

  expect(await answersAbout(foreign.userId)).toEqual(await answersAbout(unknown));
});

test('a link sets a new password once, for half an hour, and ends every session', async () => {
  const member = await insertPerson(database.dataSource, { role: 'viewer' });
  const browser = await signedIn(database.dataSource, app.url, member);
  const made = await admin.post(`/v1/users/${member.userId}/password-reset`);
  expect(made.status).toBe(201);
  const reset = (body: object) =>
    new TestBrowser(app.url).post('/v1/auth/password-reset', { token: token(made.body['link']), ...body });

  expect(outcome(await reset({ password: 'short' }))).toEqual([400, 'FIELD_INVALID']);
  expect((await reset({ password: PASSWORD })).body).toEqual({ changed: true });
  expect(outcome(await reset({ password: PASSWORD }))).toEqual([404, 'LINK_INVALID']);
  expect((await browser.get('/v1/me')).status).toBe(401);
  const signIn = { email: member.email, password: PASSWORD };
  expect((await new TestBrowser(app.url).post('/v1/auth/password', signIn)).body).toEqual({ next: 'enrol' });
});

test('a link is not enough for a person with an app for codes', async () => {
  const member = await insertPerson(database.dataSource, { role: 'viewer' });
  await database.dataSource.query(`update users set totp_seed = 'sealed', totp_confirmed_at = now() where id = $1`, [
    member.userId,
  ]);
  const { body } = await admin.post(`/v1/users/${member.userId}/password-reset`);
  const reset = (more: object) =>
    new TestBrowser(app.url).post('/v1/auth/password-reset', {
      token: token(body['link']),
      password: PASSWORD,
      ...more,
    });

  expect(outcome(await reset({}))).toEqual([409, 'SECOND_FACTOR_NEEDED']);
  const wrong = { recoveryCode: 'AAAA-AAAA-AAAA-AAAA-AAAA-AAAA' };
  expect(outcome(await reset(wrong))).toEqual([401, 'SIGN_IN_REFUSED']);
});

test.each([
  ['GET', '/v1/users'],
  ['GET', '/v1/me'],
  ['POST', '/v1/invitations'],
])('a key may not %s %s, whatever its scopes are', async (method, path) => {
  const response = await fetch(`${app.url}${path}`, { method });
  expect([403]).toContain(response.status);
});

test('what admins do asks for a fresh proof', async () => {
  const other = await signedIn(database.dataSource, app.url, await insertPerson(database.dataSource));
  await database.dataSource.query(
    `update sessions set auth_time = now() - interval '601 seconds' where id_hash <> all (select id_hash from sessions where user_id = $1)`,
    [person.userId],
  );

  const refused = await other.post('/v1/invitations', { email: 'x@example.com', role: 'viewer' });
  expect(outcome(refused)).toEqual([401, 'STEP_UP_REQUIRED']);
});
