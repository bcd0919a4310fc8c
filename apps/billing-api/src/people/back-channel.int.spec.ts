import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#testing';
import { PUBLIC, startApp, type RunningApp } from '../billing-api.fixture.ts';
import {
  auditOf,
  FREE_OF_LIMITS,
  insertPerson,
  outcome,
  signedIn,
  TestBrowser,
  type TestPerson,
} from './people.fixture.ts';
import { CLIENT, startProvider, type TestProvider } from './provider.fixture.ts';

const CALLBACK = '/v1/auth/oidc/callback';
const LOGOUT = '/v1/auth/oidc/logout';
const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

let database: TestDatabase;
let provider: TestProvider;
let app: RunningApp;
/** The person that is at the provider, with an account here. */
let person: TestPerson;

const configOf = ({ issuer }: TestProvider) => ({
  ...FREE_OF_LIMITS,
  OIDC_ISSUER: issuer,
  OIDC_CLIENT_ID: CLIENT.id,
  OIDC_CLIENT_SECRET: CLIENT.secret,
});

beforeAll(async () => {
  database = await createTestDatabase();
  provider = await startProvider(`${PUBLIC}${CALLBACK}`);
  app = await startApp({ databaseUrl: database.url, config: configOf(provider) });
  provider.appUrl = app.url;
});
afterAll(async () => {
  await app.stop();
  await provider.stop();
  await database.drop();
});

beforeEach(async () => {
  person = await insertPerson(database.dataSource, { role: 'biller' });
  provider.person = { sub: randomUUID(), amr: ['mfa'] };
  await database.dataSource.query('insert into external_identities (issuer, subject, user_id) values ($1, $2, $3)', [
    provider.issuer,
    provider.person.sub,
    person.userId,
  ]);
});

/** A browser in which the person of the provider has signed in with it. */
async function signedInThere(): Promise<TestBrowser> {
  const browser = new TestBrowser(app.url);
  const { headers } = await browser.get('/v1/auth/oidc/start');
  const back = await browser.get(`${CALLBACK}${await provider.walk(headers.get('location') ?? '')}`);
  expect(back.status).toBe(302);
  return browser;
}

const isSignedIn = async (browser: TestBrowser): Promise<boolean> => (await browser.get('/v1/me')).status === 200;

/** Sends a form as the provider does, and returns status and code of the answer. */
async function send(
  body: string | URLSearchParams,
  { url = app.url, path = LOGOUT, type = 'application/x-www-form-urlencoded' } = {},
) {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': type },
    body,
    credentials: 'omit',
  });
  const answer = (await response.json()) as { code?: unknown };
  return [response.status, answer.code];
}

const formOf = (token: string) => new URLSearchParams({ logout_token: token });

test('a person that signs out at the provider is signed out here, where the provider began the session', async () => {
  const stranger = await signedInThere();
  person = await insertPerson(database.dataSource);
  provider.person = { sub: randomUUID(), amr: ['mfa'] };
  await database.dataSource.query('insert into external_identities (issuer, subject, user_id) values ($1, $2, $3)', [
    provider.issuer,
    provider.person.sub,
    person.userId,
  ]);
  const byPassword = await signedIn(database.dataSource, app.url, person);
  const [first, second] = [await signedInThere(), await signedInThere()];
  expect(await Promise.all([first, second, byPassword, stranger].map(isSignedIn))).toEqual([true, true, true, true]);

  expect(await provider.signOut()).toEqual(['success']);

  expect(await Promise.all([first, second, byPassword, stranger].map(isSignedIn))).toEqual([false, false, true, true]);
  expect((await auditOf(database.dataSource)).at(-1)).toEqual([
    'person.providerSignedOut',
    'ok',
    'system',
    { sessions: 2 },
  ]);
});

test('a sign-in that waits for the second factor does not go on after the logout', async () => {
  await database.dataSource.query(`update users set totp_seed = 'x', totp_confirmed_at = now() where id = $1`, [
    person.userId,
  ]);
  provider.person = { sub: provider.person.sub };
  const browser = await signedInThere();
  expect(await isSignedIn(browser)).toBe(false);

  expect(await send(formOf(await provider.logoutToken()))).toEqual([200, undefined]);

  const code = await browser.post('/v1/auth/totp', { code: '123456' });
  expect(outcome(code)).toEqual([401, 'SIGN_IN_EXPIRED']);
});

test('a token works once, also when it comes twice at the same time', async () => {
  const browser = await signedInThere();
  const token = await provider.logoutToken();

  const answers = await Promise.all([send(formOf(token)), send(formOf(token))]);
  expect(answers.map(String).toSorted()).toEqual(['200,', '400,LOGOUT_TOKEN_INVALID']);
  expect(await isSignedIn(browser)).toBe(false);
  expect(await send(formOf(token))).toEqual([400, 'LOGOUT_TOKEN_INVALID']);
});

test('a person that is not known here, or is signed out already, is no fault', async () => {
  expect(await send(formOf(await provider.logoutToken()))).toEqual([200, undefined]);
  expect(await send(formOf(await provider.logoutToken({ claims: { sub: randomUUID() } })))).toEqual([200, undefined]);
});

test.each([
  ['without a type', { header: { alg: 'RS256' } }],
  ['of the type JWT', { header: { alg: 'RS256', typ: 'JWT' } }],
  ['of the type application/logout+jwt', { header: { alg: 'RS256', typ: 'application/logout+jwt' } }],
  ['with a session beside the person', { claims: { sid: 'a session' } }],
  ['for several clients', { claims: { aud: ['another', CLIENT.id] } }],
])('a token %s ends the sessions of the person', async (_, odd) => {
  const browser = await signedInThere();

  expect(await send(formOf(await provider.logoutToken(odd)))).toEqual([200, undefined]);
  expect(await isSignedIn(browser)).toBe(false);
});

const now = (): number => Math.floor(Date.now() / 1_000);
const foreignKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

test.each([
  ['of another provider', () => ({ claims: { iss: 'https://evil.example' } })],
  ['for another client', () => ({ claims: { aud: 'another' } })],
  ['that has expired', () => ({ claims: { iat: now() - 200, exp: now() - 60 } })],
  ['that is old, whatever it says of its end', () => ({ claims: { iat: now() - 600, exp: now() + 600 } })],
  ['of the future', () => ({ claims: { iat: now() + 600, exp: now() + 700 } })],
  ['without an end', () => ({ claims: { exp: undefined } })],
  ['without a time', () => ({ claims: { iat: undefined } })],
  ['without an id', () => ({ claims: { jti: undefined } })],
  ['without events', () => ({ claims: { events: undefined } })],
  ['of another event', () => ({ claims: { events: { 'http://schemas.openid.net/event/other': {} } } })],
  ['whose event is no object', () => ({ claims: { events: { [EVENT]: true } } })],
  ['with a nonce, as an ID token has', () => ({ claims: { nonce: 'x' } })],
  ['with a session and no person', () => ({ claims: { sub: undefined, sid: 'a session' } })],
  ['of another type', () => ({ header: { alg: 'RS256', typ: 'at+jwt' } })],
  ['that another key signed', () => ({ key: foreignKey })],
  ['that the secret of the client signed', () => ({ header: { alg: 'HS256' }, key: Buffer.from(CLIENT.secret) })],
])('a token %s ends nothing', async (_, odd) => {
  const browser = await signedInThere();

  expect(await send(formOf(await provider.logoutToken(odd())))).toEqual([400, 'LOGOUT_TOKEN_INVALID']);
  expect(await isSignedIn(browser)).toBe(true);
});

test('a token without a signature, or a text that is none, ends nothing', async () => {
  const browser = await signedInThere();
  const [, claims = ''] = (await provider.logoutToken()).split('.');
  const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'logout+jwt' })).toString('base64url');

  for (const text of [`${none}.${claims}.`, 'x', '..']) {
    expect(await send(formOf(text))).toEqual([400, 'LOGOUT_TOKEN_INVALID']);
  }
  expect(await isSignedIn(browser)).toBe(true);
});

test('the token comes in a form of one field, and no other route takes a form', async () => {
  const token = await provider.logoutToken();

  expect(await send('')).toEqual([400, 'FIELD_INVALID']);
  expect(await send(`logout_token=${token}&logout_token=${token}`)).toEqual([400, 'FIELD_INVALID']);
  const asJson = JSON.stringify({ logout_token: token });
  expect(await send(asJson, { type: 'text/plain' })).toEqual([400, 'FIELD_INVALID']);
  expect(await send(`logout_token=${'x'.repeat(200_000)}`)).toEqual([413, 'PAYLOAD_TOO_LARGE']);
  const password = new URLSearchParams({ email: person.email, password: 'x' });
  expect(await send(password, { path: '/v1/auth/password' })).toEqual([400, 'FIELD_INVALID']);
  // The fields that a provider adds are not read.
  expect(await send(`state=x&logout_token=${token}`)).toEqual([200, undefined]);
});

test('without a provider nothing is ended, and a provider that is away is asked again the next time', async () => {
  const alone = await startApp({ databaseUrl: database.url });
  expect(await send('logout_token=x', alone)).toEqual([404, 'PROVIDER_MISSING']);
  await alone.stop();

  const gone = await startProvider(`${PUBLIC}${CALLBACK}`);
  const other = await startApp({ databaseUrl: database.url, config: configOf(gone) });
  const token = await gone.logoutToken();
  expect((await new TestBrowser(other.url).get('/v1/auth/oidc/start')).status).toBe(302);
  await gone.stop();
  for (const _ of [1, 2]) expect(await send(formOf(token), other)).toEqual([503, 'PROVIDER_AWAY']);
  await other.stop();
});
