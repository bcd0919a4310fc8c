import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { hashToken, newToken } from '#sessions';
import { createTestDatabase, type TestDatabase } from '#testing';
import { PUBLIC, startApp, type RunningApp } from '../billing-api.fixture.ts';
import {
  auditOf,
  FREE_OF_LIMITS,
  insertPerson,
  outcome,
  PASSWORD,
  signedIn,
  TestBrowser,
  type Said,
} from './people.fixture.ts';
import { CLIENT, startProvider, type TestProvider } from './provider.fixture.ts';

const CALLBACK = '/v1/auth/oidc/callback';
const TRANSACTION = '__Host-sb_tx';
const OTHER_ORGANIZATION = '00000000-0000-4000-8000-0000000000b2';

let database: TestDatabase;
let provider: TestProvider;
let app: RunningApp;
let admin: TestBrowser;

beforeAll(async () => {
  database = await createTestDatabase();
  provider = await startProvider(`${PUBLIC}${CALLBACK}`);
  app = await startApp({
    databaseUrl: database.url,
    config: {
      ...FREE_OF_LIMITS,
      OIDC_ISSUER: provider.issuer,
      OIDC_CLIENT_ID: CLIENT.id,
      OIDC_CLIENT_SECRET: CLIENT.secret,
      OIDC_ACR: ['gold'],
    },
  });
  admin = await signedIn(database.dataSource, app.url, await insertPerson(database.dataSource));
});
afterAll(async () => {
  await app.stop();
  await provider.stop();
  await database.drop();
});

beforeEach(() => {
  provider.person = { sub: randomUUID() };
});

async function invite(email: string): Promise<void> {
  expect((await admin.post('/v1/invitations', { email, role: 'biller' })).status).toBe(201);
}

/** A person of the provider whose checked address is invited. */
async function invited(): Promise<string> {
  const email = `${randomUUID()}@example.com`;
  await invite(email);
  provider.person = { ...provider.person, email: email.toUpperCase(), email_verified: true, name: 'Rui Paz' };
  return email;
}

async function start(browser: TestBrowser, query = ''): Promise<string> {
  const { status, headers } = await browser.get(`/v1/auth/oidc/start${query}`);
  expect(status).toBe(302);
  return headers.get('location') ?? '';
}

/** A whole sign-in: away to the provider, and back. */
async function signIn(browser: TestBrowser, query = ''): Promise<Said> {
  return browser.get(`${CALLBACK}${await provider.walk(await start(browser, query))}`);
}

/** Changes what is kept of the sign-in of a browser. */
async function change(browser: TestBrowser, set: string): Promise<void> {
  const hash = hashToken(browser.cookies.get(TRANSACTION));
  await database.dataSource.query(`update login_transactions set ${set} where id_hash = $1`, [hash]);
}

test('a person that was invited signs in with the provider, comes back to the page, and is known the next time', async () => {
  const email = await invited();
  const browser = new TestBrowser(app.url);

  const back = await signIn(browser, '?returnTo=/batches%3Fstatus=failed');
  expect([back.status, back.headers.get('location')]).toEqual([302, '/batches?status=failed']);
  expect((await browser.get('/v1/me')).body).toMatchObject({
    user: { email, name: 'Rui Paz' },
    role: 'biller',
    permissions: [],
    session: { hasTwoFactors: false },
  });
  expect((await auditOf(database.dataSource)).slice(-3)).toEqual([
    ['invitation.accepted', 'ok', 'person', { role: 'biller' }],
    ['person.identityLinked', 'ok', 'person', { proofsForgotten: false }],
    ['person.signedIn', 'ok', 'person', { methods: ['oidc'] }],
  ]);

  // The address is not asked for any more: the subject names the person.
  provider.person = { sub: provider.person.sub };
  const later = new TestBrowser(app.url);
  expect((await signIn(later)).headers.get('location')).toBe('/');
  expect((await later.get('/v1/me')).body).toMatchObject({ user: { email } });
});

test.each([
  [{ amr: ['pwd', 'otp'] }, true],
  [{ amr: ['mfa'] }, true],
  [{ acr: 'gold' }, true],
  [{ acr: 'silver' }, false],
  [{ amr: ['pwd'] }, false],
])('of a provider that says %j two factors are believed: %s', async (claims, hasTwoFactors) => {
  await invited();
  provider.person = { ...provider.person, ...claims };
  const browser = new TestBrowser(app.url);

  expect((await signIn(browser)).status).toBe(302);
  expect((await browser.get('/v1/me')).body).toMatchObject({ session: { hasTwoFactors } });
});

test('a person with a second factor of ours is asked for it when the provider did not', async () => {
  await invited();
  const browser = new TestBrowser(app.url);
  await signIn(browser);
  await database.dataSource.query(
    `update users set totp_seed = 'sealed', totp_confirmed_at = now()
      where id = (select user_id from external_identities where subject = $1)`,
    [provider.person.sub],
  );

  const again = new TestBrowser(app.url);
  expect((await signIn(again)).status).toBe(302);
  expect([...again.cookies.keys()]).toEqual([TRANSACTION]);
  expect(outcome(await again.get('/v1/me'))).toEqual([401, 'SIGN_IN_REQUIRED']);
});

test.each([
  ['an address that the provider has not checked', { email_verified: false }],
  ['an address that the provider says nothing of', {}],
])('%s links nothing', async (_, claims) => {
  const email = `${randomUUID()}@example.com`;
  await invite(email);
  provider.person = { ...provider.person, email, ...claims };

  expect(outcome(await signIn(new TestBrowser(app.url)))).toEqual([403, 'NOT_INVITED']);
});

test('a checked address without an invitation links nothing, though an account has it', async () => {
  const { email } = await insertPerson(database.dataSource);
  provider.person = { ...provider.person, email, email_verified: true };

  expect(outcome(await signIn(new TestBrowser(app.url)))).toEqual([403, 'NOT_INVITED']);
});

test('an account that a stranger made for the address is taken from the stranger when its owner comes', async () => {
  const email = `${randomUUID()}@example.com`;
  const inviteAgain = () => admin.post('/v1/invitations', { email, role: 'biller' });
  const token = String((await inviteAgain()).body['link']).split('#')[1];
  const stranger = new TestBrowser(app.url);
  await stranger.post('/v1/invitations/accept', { token, name: 'Stranger', password: PASSWORD });
  const [row] = await database.dataSource.query<{ id: string }[]>('select id from users where email = $1', [email]);
  await database.dataSource.query(`update memberships set status = 'ended' where user_id = $1`, [row?.id]);
  expect((await inviteAgain()).status).toBe(201);

  provider.person = { ...provider.person, email, email_verified: true, name: 'Rui Paz' };
  const owner = new TestBrowser(app.url);
  expect((await signIn(owner)).status).toBe(302);

  expect((await owner.get('/v1/me')).body).toMatchObject({
    user: { email },
    factors: { password: false, totp: false },
  });
  expect(outcome(await stranger.get('/v1/me'))).toEqual([401, 'SIGN_IN_REQUIRED']);
  expect(outcome(await stranger.post('/v1/auth/password', { email, password: PASSWORD }))).toEqual([
    401,
    'SIGN_IN_REFUSED',
  ]);
  expect((await auditOf(database.dataSource)).findLast(([action]) => action === 'person.identityLinked')).toEqual([
    'person.identityLinked',
    'ok',
    'person',
    { proofsForgotten: true },
  ]);
});

test('a person that is signed in keeps its password when the provider is linked', async () => {
  await database.dataSource.query(`insert into organizations (id, name, slug) values ($1, 'Other', 'other')`, [
    OTHER_ORGANIZATION,
  ]);
  const email = await invited();
  const { userId } = await insertPerson(database.dataSource, { organizationId: OTHER_ORGANIZATION, email });
  await database.dataSource.query(`update users set password_hash = '$scrypt$kept' where id = $1`, [userId]);
  const browser = await signedIn(database.dataSource, app.url, { userId, organizationId: OTHER_ORGANIZATION });

  expect((await signIn(browser)).status).toBe(302);
  expect(await database.dataSource.query(`select password_hash from users where id = $1`, [userId])).toEqual([
    { password_hash: '$scrypt$kept' },
  ]);
});

test('a sign-in counts as a fresh proof only if the provider says that it has just asked', async () => {
  await invited();
  const browser = new TestBrowser(app.url);
  const provenAt = async () =>
    ((await browser.get('/v1/me')).body as { session: { provenAt: string } }).session.provenAt;

  await signIn(browser);
  expect(await provenAt(), 'the provider does not say when').toBe('1970-01-01T00:00:00.000Z');
  await signIn(browser);
  expect(Date.parse(await provenAt()), 'the browser has a session: the provider is asked').toBeGreaterThan(
    Date.now() - 60_000,
  );
});

test('another state, or none, is refused', async () => {
  await invited();
  for (const tamper of [
    (search: string) => search.replace(/state=[^&]*/, 'state=x'),
    (search: string) => search.replace(/&?state=[^&]*/, ''),
  ]) {
    const browser = new TestBrowser(app.url);
    const search = tamper(await provider.walk(await start(browser)));
    expect(outcome(await browser.get(`${CALLBACK}${search}`))).toEqual([401, 'PROVIDER_REFUSED']);
    // It is used up.
    expect(outcome(await browser.get(`${CALLBACK}${search}`))).toEqual([401, 'SIGN_IN_EXPIRED']);
  }
});

test('an answer in another browser than that which began is refused', async () => {
  await invited();
  const search = await provider.walk(await start(new TestBrowser(app.url)));

  expect(outcome(await new TestBrowser(app.url).get(`${CALLBACK}${search}`))).toEqual([401, 'SIGN_IN_EXPIRED']);
});

test('an answer with another nonce, another verifier or another issuer is refused', async () => {
  await invited();
  for (const name of ['nonce', 'verifier']) {
    const browser = new TestBrowser(app.url);
    const search = await provider.walk(await start(browser));
    await change(browser, `secret = jsonb_set(secret, '{${name}}', to_jsonb(repeat('x', 43)))`);
    expect(outcome(await browser.get(`${CALLBACK}${search}`))).toEqual([401, 'PROVIDER_REFUSED']);
  }
  const browser = new TestBrowser(app.url);
  const search = (await provider.walk(await start(browser))).replace(/iss=[^&]*/, 'iss=https%3A%2F%2Fevil.example');
  expect(outcome(await browser.get(`${CALLBACK}${search}`))).toEqual([401, 'PROVIDER_REFUSED']);
});

test('a code that is used twice is refused by the provider', async () => {
  await invited();
  const browser = new TestBrowser(app.url);
  const search = await provider.walk(await start(browser));
  const copy = newToken();
  await database.dataSource.query(
    `insert into login_transactions (id_hash, purpose, secret, return_to, expires_at)
     select $1, purpose, secret, return_to, expires_at from login_transactions where id_hash = $2`,
    [copy.hash, hashToken(browser.cookies.get(TRANSACTION))],
  );

  expect((await browser.get(`${CALLBACK}${search}`)).status).toBe(302);
  const thief = new TestBrowser(app.url);
  thief.cookies.set(TRANSACTION, copy.text);
  expect(outcome(await thief.get(`${CALLBACK}${search}`))).toEqual([401, 'PROVIDER_REFUSED']);
});

test('a sign-in that took more than ten minutes has expired', async () => {
  const browser = new TestBrowser(app.url);
  const search = await provider.walk(await start(browser));
  await change(browser, 'expires_at = now()');

  expect(outcome(await browser.get(`${CALLBACK}${search}`))).toEqual([401, 'SIGN_IN_EXPIRED']);
});

test.each(['//evil.example', 'https://evil.example/', '/%5Cevil.example'])(
  'a browser that asked for %s comes back to the first page',
  async (returnTo) => {
    await invited();
    const back = await signIn(new TestBrowser(app.url), `?returnTo=${returnTo}`);
    expect([back.status, back.headers.get('location')]).toEqual([302, '/']);
  },
);

test('without a provider there is nowhere to go', async () => {
  const alone = await startApp({ databaseUrl: database.url });
  for (const path of ['/v1/auth/oidc/start', CALLBACK]) {
    expect(outcome(await new TestBrowser(alone.url).get(path))).toEqual([404, 'PROVIDER_MISSING']);
  }
  await alone.stop();
});

test('a provider that does not answer is away, and asked again the next time', async () => {
  const gone = await startApp({
    databaseUrl: database.url,
    config: { OIDC_ISSUER: 'http://127.0.0.1:1', OIDC_CLIENT_ID: 'x' },
  });
  const browser = new TestBrowser(gone.url);
  for (const _ of [1, 2]) expect(outcome(await browser.get('/v1/auth/oidc/start'))).toEqual([503, 'PROVIDER_AWAY']);
  await gone.stop();
});
