import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#testing';
import { PUBLIC, startApp, type RunningApp } from '../billing-api.fixture.ts';
import { insertPerson, outcome, signedIn, TestBrowser, type Said } from './people.fixture.ts';
import { CLIENT, startProvider, type TestProvider } from './provider.fixture.ts';

const CALLBACK = '/v1/auth/oidc/callback';

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
      OIDC_ISSUER: provider.issuer,
      OIDC_CLIENT_ID: CLIENT.id,
      OIDC_CLIENT_SECRET: CLIENT.secret,
      OIDC_ALLOWED_DOMAINS: ['padaria.example', 'Matriz.Example'],
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

async function signIn(browser: TestBrowser): Promise<Said> {
  const { headers } = await browser.get('/v1/auth/oidc/start');
  return browser.get(`${CALLBACK}${await provider.walk(headers.get('location') ?? '')}`);
}

/** Invites an address, which the person at the provider has. */
async function invited(domain: string): Promise<string> {
  const email = `${randomUUID()}@${domain}`;
  expect((await admin.post('/v1/invitations', { email, role: 'biller' })).status).toBe(201);
  provider.person = { ...provider.person, email, email_verified: true };
  return email;
}

test.each(['padaria.example', 'matriz.example'])('a person of %s signs in', async (domain) => {
  await invited(domain);

  expect((await signIn(new TestBrowser(app.url))).status).toBe(302);
});

test.each(['filial.padaria.example', 'padaria.example.org', 'xpadaria.example', 'gmail.com'])(
  'a person of %s is refused, and keeps the invitation',
  async (domain) => {
    const email = await invited(domain);
    const browser = new TestBrowser(app.url);

    expect(outcome(await signIn(browser))).toEqual([403, 'EMAIL_DOMAIN_REFUSED']);
    expect((await browser.get('/v1/me')).status).toBe(401);
    const rows = await database.dataSource.query<unknown[]>(
      `select from invitations where email = $1 and not exists (select from users where users.email = $1)`,
      [email],
    );
    expect(rows).toHaveLength(1);
  },
);

test('a person that is known is refused when the address is of another domain now, or not checked', async () => {
  const email = await invited('padaria.example');
  expect((await signIn(new TestBrowser(app.url))).status).toBe(302);
  const { sub } = provider.person;

  for (const claims of [{ email: 'ana@gmail.com', email_verified: true }, { email, email_verified: false }, {}]) {
    provider.person = { sub, ...claims };
    expect(outcome(await signIn(new TestBrowser(app.url)))).toEqual([403, 'EMAIL_DOMAIN_REFUSED']);
  }
  provider.person = { sub, email, email_verified: true };
  expect((await signIn(new TestBrowser(app.url))).status).toBe(302);
});
