import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeSetupLink } from '#identity';
import { createTestDatabase, waitFor, type TestDatabase } from '#testing';
import { startApp, type RunningApp } from '../billing-api.fixture.ts';
import { openPage, type TestPage } from './chromium.fixture.ts';
import { auditOf, FREE_OF_LIMITS, insertPerson, outcome, PASSWORD, signedIn } from './people.fixture.ts';

let database: TestDatabase;
let app: RunningApp;
let origin: string;
let page: TestPage;
let authenticatorId: unknown;

/** The origin of the page must be known before the app listens. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

beforeAll(async () => {
  database = await createTestDatabase();
  const port = await freePort();
  origin = `http://localhost:${port.toString()}`;
  app = await startApp({
    databaseUrl: database.url,
    config: { HTTP_PORT: port, PUBLIC_URL: origin, ...FREE_OF_LIMITS },
  });
  page = await openPage(`${origin}/docs-json`);
  await page.call('WebAuthn.enable');
  ({ authenticatorId } = await page.call('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
    },
  }));
});
afterAll(async () => {
  await page.stop();
  await app.stop();
  await database.drop();
});

/** A request of the page itself: the browser adds the cookies, Origin and Sec-Fetch-Site. */
async function ask(method: string, path: string, body?: unknown): Promise<readonly [number, Record<string, unknown>]> {
  const init = {
    method,
    headers: { 'content-type': 'application/json', 'x-requested-with': 'smart-billing' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
  const answer = await page.run(
    `const response = await fetch(${JSON.stringify(path)}, ${JSON.stringify(init)});
     return [response.status, await response.json()];`,
  );
  return answer as [number, Record<string, unknown>];
}

async function create(options: unknown): Promise<unknown> {
  return page.run(
    `const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(${JSON.stringify(options)});
     return (await navigator.credentials.create({ publicKey })).toJSON();`,
  );
}

async function get(options: unknown): Promise<Record<string, unknown>> {
  const credential = await page.run(
    `const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(${JSON.stringify(options)});
     return (await navigator.credentials.get({ publicKey })).toJSON();`,
  );
  return credential as Record<string, unknown>;
}

test('the browser keeps the cookie of a session, and shows it to no script', async () => {
  const token = (await makeSetupLink(database, origin))?.split('#')[1];
  const account = { name: 'Ana Prado', email: 'ana@example.com', organization: 'Padaria', password: PASSWORD };

  expect(await ask('POST', '/v1/setup', { ...account, token })).toEqual([200, { next: 'enrol' }]);
  expect(await page.run('return document.cookie')).toBe('');
  expect(await ask('GET', '/v1/me')).toMatchObject([200, { user: { email: 'ana@example.com' } }]);
});

test('a passkey is added, and the session has two factors', async () => {
  const [status, options] = await ask('POST', '/v1/me/passkeys/options');
  expect(status).toBe(200);
  expect(options).toMatchObject({ rp: { id: 'localhost' }, authenticatorSelection: { userVerification: 'required' } });

  const credential = await create(options);
  expect(await ask('POST', '/v1/me/passkeys', { name: 'phone', credential })).toEqual([201, { next: 'done' }]);
  expect(await ask('GET', '/v1/me')).toMatchObject([200, { role: 'admin', factors: { passkeys: 1 } }]);
  expect((await ask('GET', '/v1/users'))[0]).toBe(200);
  const again = await ask('POST', '/v1/me/passkeys', { name: 'phone', credential });
  expect(again).toMatchObject([401, { code: 'SIGN_IN_EXPIRED' }]);
});

test('a person signs in with the passkey alone, though a stranger has failed for long', async () => {
  expect((await ask('POST', '/v1/auth/sign-out'))[0]).toBe(200);
  expect(await ask('GET', '/v1/me')).toMatchObject([401, { code: 'SIGN_IN_REQUIRED' }]);
  await database.dataSource.query(
    `insert into sign_in_failures (account_hash, failures, wait_until)
     values (sha256('ana@example.com'), 99, now() + interval '15 minutes')`,
  );

  const [, options] = await ask('POST', '/v1/auth/passkey/options');
  const assertion = await get(options);
  expect(await ask('POST', '/v1/auth/passkey', assertion)).toEqual([200, { next: 'done' }]);
  expect(await ask('GET', '/v1/me')).toMatchObject([200, { session: { hasTwoFactors: true } }]);
  expect(await ask('GET', '/v1/me/passkeys')).toMatchObject([200, { items: [{ name: 'phone' }] }]);

  // The challenge is used up.
  expect(await ask('POST', '/v1/auth/passkey', assertion)).toMatchObject([401, { code: 'SIGN_IN_EXPIRED' }]);
});

test('an assertion for another challenge, and one of a copy of the authenticator, are refused', async () => {
  const [, first] = await ask('POST', '/v1/auth/passkey/options');
  const assertion = await get(first);
  await ask('POST', '/v1/auth/passkey/options');
  expect(await ask('POST', '/v1/auth/passkey', assertion)).toMatchObject([401, { code: 'SIGN_IN_REFUSED' }]);

  await database.dataSource.query('update passkeys set counter = 1000000');
  const [, options] = await ask('POST', '/v1/auth/passkey/options');
  const copied = await ask('POST', '/v1/auth/passkey', await get(options));
  expect(copied).toMatchObject([401, { code: 'SIGN_IN_REFUSED' }]);
  await database.dataSource.query('update passkeys set counter = 0');
});

test('an assertion without user verification is refused', async () => {
  const [, options] = await ask('POST', '/v1/auth/passkey/options');
  await page.call('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
  // Chromium refuses by itself when the options ask for it; without them the answer has no verification, and we refuse.
  const assertion = await get({ ...options, userVerification: 'discouraged' });
  await page.call('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true });

  expect(await ask('POST', '/v1/auth/passkey', assertion)).toMatchObject([401, { code: 'SIGN_IN_REFUSED' }]);
});

test('a removed passkey is refused', async () => {
  const [, list] = await ask('GET', '/v1/me/passkeys');
  const [passkey] = list['items'] as { id: string }[];
  expect(await ask('DELETE', `/v1/me/passkeys/${passkey?.id ?? ''}`)).toEqual([200, { removed: true }]);

  const [, options] = await ask('POST', '/v1/auth/passkey/options');
  const refused = await ask('POST', '/v1/auth/passkey', await get(options));
  expect(refused).toMatchObject([401, { code: 'SIGN_IN_REFUSED' }]);
});

test('what was done with passkeys is on record', async () => {
  const denied = async () => (await auditOf(database.dataSource)).filter(([, result]) => result === 'denied');
  await waitFor(async () => (await denied()).length === 3, { describe: 'the refusals' });
  const events = (await auditOf(database.dataSource)).filter(([, , , details]) =>
    JSON.stringify(details).includes('hwk'),
  );
  expect(
    events.map(([action, result, actor]) => `${String(action)} ${String(result)} ${String(actor)}`).toSorted(),
  ).toEqual([
    'person.factorAdded ok person',
    'person.factorRemoved ok person',
    'person.signInRefused denied system',
    'person.signInRefused denied system',
    'person.signInRefused denied system',
    'person.signedIn ok person',
  ]);
});

test('under an address there are no passkeys', async () => {
  const alone = await startApp({ databaseUrl: database.url, config: { PUBLIC_URL: 'http://127.0.0.1:3000' } });
  const person = await signedIn(database.dataSource, alone.url, await insertPerson(database.dataSource));
  const headers = { origin: 'http://127.0.0.1:3000' };

  for (const path of ['/v1/auth/passkey/options', '/v1/me/passkeys/options']) {
    expect(outcome(await person.ask('POST', path, { headers }))).toEqual([409, 'PASSKEYS_UNAVAILABLE']);
  }
  await alone.stop();
});
