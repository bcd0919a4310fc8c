import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeSetupLink } from '#identity';
import { hashToken } from '#sessions';
import { createTestDatabase, type TestDatabase } from '#testing';
import { PUBLIC, startApp, type RunningApp } from '../billing-api.fixture.ts';
import { codeOf, FREE_OF_LIMITS, insertPerson, outcome, PASSWORD, signedIn, TestBrowser } from './people.fixture.ts';

const EMAIL = 'ana@example.com';
const SESSION = '__Host-sb_session';

let database: TestDatabase;
let app: RunningApp;
/** The seed of Ana's app, as it was told. */
let secret: string;
let recoveryCodes: readonly string[];

beforeAll(async () => {
  database = await createTestDatabase();
  app = await startApp({ databaseUrl: database.url, config: FREE_OF_LIMITS });
});
afterAll(async () => {
  await app.stop();
  await database.drop();
});

/** The code of now. A code works once, so that the step that was used last is forgotten. */
async function nextCode(): Promise<string> {
  await database.dataSource.query('update users set totp_last_step = null where totp_confirmed_at is not null');
  return codeOf(secret, Math.floor(Date.now() / 30_000));
}

const sessionsOf = async (email: string): Promise<number> => {
  const [row] = await database.dataSource.query<{ count: number }[]>(
    'select count(*)::int from sessions join users on users.id = user_id where email = $1',
    [email],
  );
  return row?.count ?? 0;
};

test('the first person sets up with the link, once', async () => {
  const link = await makeSetupLink(database, PUBLIC);
  const [, token] = /^http:\/\/billing\.test\/setup#([\w-]{43})$/.exec(link ?? '') ?? [];
  const browser = new TestBrowser(app.url);
  const account = { token, name: 'Ana Prado', email: ' Ana@Example.com', organization: 'Padaria do Largo' };

  const weak = await browser.post('/v1/setup', { ...account, password: 'padaria do largo 1' });
  expect(weak.body['errors']).toMatchObject([{ field: 'password', code: 'password_guessable' }]);

  const made = await browser.post('/v1/setup', { ...account, password: PASSWORD });
  expect([made.status, made.body]).toEqual([200, { next: 'enrol' }]);
  expect(made.headers.getSetCookie()[0]).toMatch(
    /^__Host-sb_session=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Lax$/,
  );
  expect((await browser.get('/v1/me')).body).toMatchObject({
    user: { name: 'Ana Prado', email: EMAIL },
    organization: { name: 'Padaria do Largo' },
    role: 'admin',
    permissions: [],
    session: { hasTwoFactors: false },
  });
  expect(outcome(await browser.post('/v1/setup', { ...account, password: PASSWORD }))).toEqual([404, 'LINK_INVALID']);
  expect(await makeSetupLink(database, PUBLIC)).toBeUndefined();
});

test('a link that expired, or never was one, sets up nothing', async () => {
  const account = { name: 'Eve', email: 'eve@example.com', organization: 'Evil', password: PASSWORD };
  for (const token of ['', 'x', 'A'.repeat(43)]) {
    const answer = await new TestBrowser(app.url).post('/v1/setup', { ...account, token });
    expect(outcome(answer)).toEqual([404, 'LINK_INVALID']);
  }
});

test('a person with one factor may do nothing but add another', async () => {
  const browser = new TestBrowser(app.url);
  const signIn = await browser.post('/v1/auth/password', { email: EMAIL, password: PASSWORD });
  expect(signIn.body).toEqual({ next: 'enrol' });
  expect(outcome(await browser.get('/v1/users'))).toEqual([403, 'SECOND_FACTOR_REQUIRED']);
  expect(outcome(await browser.get('/v1/batches'))).toEqual([403, 'SECOND_FACTOR_REQUIRED']);
  const before = browser.cookies.get(SESSION);

  const begun = await browser.post('/v1/me/totp');
  secret = String(begun.body['secret']);
  expect(begun.body['uri']).toContain(`secret=${secret}&`);
  const wrong = await browser.post('/v1/me/totp/confirm', { code: codeOf(secret, 1) });
  expect(outcome(wrong)).toEqual([401, 'SIGN_IN_REFUSED']);

  const confirmed = await browser.post('/v1/me/totp/confirm', { code: await nextCode() });
  expect([confirmed.status, confirmed.body['next']]).toEqual([201, 'done']);
  recoveryCodes = confirmed.body['recoveryCodes'] as string[];
  expect(recoveryCodes).toHaveLength(10);
  expect(browser.cookies.get(SESSION)).not.toBe(before);
  expect((await browser.get('/v1/users')).status).toBe(200);
  expect((await browser.get('/v1/me')).body).toMatchObject({ factors: { totp: true, recoveryCodesLeft: 10 } });
});

test('the seed is stored sealed', async () => {
  const [row] = await database.dataSource.query<{ seed: Buffer }[]>('select totp_seed as seed from users');
  expect(row?.seed).toHaveLength(49);
  expect(row?.seed.toString('latin1')).not.toContain(secret);
});

test('a sign-in with two factors has a session only after the second, and the code works once', async () => {
  const browser = new TestBrowser(app.url);
  const begun = await browser.post('/v1/auth/password', { email: EMAIL, password: PASSWORD });
  expect(begun.body).toEqual({ next: 'totp' });
  expect(browser.cookies.has(SESSION)).toBe(false);
  expect(outcome(await browser.get('/v1/me'))).toEqual([401, 'SIGN_IN_REQUIRED']);

  const code = await nextCode();
  expect((await browser.post('/v1/auth/totp', { code })).body).toEqual({ next: 'done' });
  expect([...browser.cookies.keys()]).toEqual([SESSION]);
  expect((await browser.get('/v1/me')).body).toMatchObject({ role: 'admin', session: { hasTwoFactors: true } });

  const other = new TestBrowser(app.url);
  await other.post('/v1/auth/password', { email: EMAIL, password: PASSWORD });
  expect(outcome(await other.post('/v1/auth/totp', { code }))).toEqual([401, 'SIGN_IN_REFUSED']);
  expect(outcome(await new TestBrowser(app.url).post('/v1/auth/totp', { code }))).toEqual([401, 'SIGN_IN_EXPIRED']);
});

test('a recovery code stands for the lost app, once', async () => {
  const [code = ''] = recoveryCodes;
  const browser = new TestBrowser(app.url);
  await browser.post('/v1/auth/password', { email: EMAIL, password: PASSWORD });
  expect((await browser.post('/v1/auth/recovery', { code: code.toLowerCase() })).body).toEqual({ next: 'done' });
  expect((await browser.get('/v1/me')).body).toMatchObject({ factors: { recoveryCodesLeft: 9 } });

  await browser.post('/v1/auth/password', { email: EMAIL, password: PASSWORD });
  expect(outcome(await browser.post('/v1/auth/recovery', { code }))).toEqual([401, 'SIGN_IN_REFUSED']);
});

test('a wrong password and an address without an account are refused alike, and both wait after five', async () => {
  for (const email of ['nobody@example.com', (await insertPerson(database.dataSource)).email]) {
    const attempt = () => new TestBrowser(app.url).post('/v1/auth/password', { email, password: 'x'.repeat(12) });
    const answers = [];
    for (let at = 0; at < 5; at += 1) answers.push(await attempt());
    expect(answers.map(outcome)).toEqual(Array.from({ length: 5 }, () => [401, 'SIGN_IN_REFUSED']));
    await database.dataSource.query(`update sign_in_failures set wait_until = now() + interval '10 seconds'`);
    const delayed = await attempt();
    expect(outcome(delayed)).toEqual([429, 'SIGN_IN_DELAYED']);
    expect(Number(delayed.headers.get('Retry-After'))).toBeGreaterThan(0);
  }
  await database.dataSource.query('delete from sign_in_failures');
});

test('attempts that come at once are counted, each of them', async () => {
  const { email } = await insertPerson(database.dataSource);
  const attempt = () => new TestBrowser(app.url).post('/v1/auth/password', { email, password: 'x'.repeat(12) });

  const statuses = (await Promise.all(Array.from({ length: 12 }, attempt))).map(({ status }) => status);

  // Five are free; while the sixth waits its second, no more than that one are looked at.
  expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(7);
  expect(statuses).toContain(429);
});

test('a right password does not forgive the wrong codes before it', async () => {
  await database.dataSource.query('delete from sign_in_failures');
  const browser = new TestBrowser(app.url);
  for (let at = 0; at < 6; at += 1) {
    await database.dataSource.query('update sign_in_failures set wait_until = now()');
    await browser.post('/v1/auth/password', { email: EMAIL, password: PASSWORD });
    await browser.post('/v1/auth/totp', { code: '000000' });
  }
  const [row] = await database.dataSource.query<{ failures: number }[]>('select failures from sign_in_failures');
  expect(row?.failures).toBeGreaterThanOrEqual(6);
  await database.dataSource.query('delete from sign_in_failures');
});

test.each([
  ['no page of ours', { origin: '', 'x-requested-with': 'smart-billing' }],
  ['another site', { origin: 'https://evil.example' }],
  ['a form', { 'x-requested-with': '' }],
])('a change with the cookie from %s is refused', async (_, headers) => {
  const person = await insertPerson(database.dataSource);
  const browser = await signedIn(database.dataSource, app.url, person);

  expect(outcome(await browser.ask('POST', '/v1/auth/sign-out', { headers }))).toEqual([403, 'ORIGIN_REFUSED']);
  expect((await browser.get('/v1/me')).status).toBe(200);
});

test('a session ends by signing out, by idleness and at its end', async () => {
  const person = await insertPerson(database.dataSource);
  const open = () => signedIn(database.dataSource, app.url, person);
  const [left, idle, over] = [await open(), await open(), await open()];

  const answer = await left.post('/v1/auth/sign-out');
  expect([answer.status, answer.headers.get('Clear-Site-Data')]).toEqual([200, '"cache", "storage"']);
  expect(left.cookies.size).toBe(0);

  const end = (browser: TestBrowser, column: string) =>
    database.dataSource.query(`update sessions set ${column} where id_hash = $1`, [
      hashToken(browser.cookies.get(SESSION)),
    ]);
  await end(idle, 'idle_until = now()');
  await end(over, `created_at = now() - interval '12 hours', ends_at = now(), idle_until = now()`);
  for (const browser of [left, idle, over]) {
    expect(outcome(await browser.get('/v1/me'))).toEqual([401, 'SIGN_IN_REQUIRED']);
  }
});

test('a person has five sessions, sees them, and can end one', async () => {
  const browsers: TestBrowser[] = [];
  for (let at = 0; at < 6; at += 1) {
    const browser = new TestBrowser(app.url);
    await browser.post('/v1/auth/password', { email: EMAIL, password: PASSWORD });
    await browser.post('/v1/auth/totp', { code: await nextCode() });
    browsers.push(browser);
  }
  expect(await sessionsOf(EMAIL)).toBe(5);
  expect((await browsers[0]?.get('/v1/me'))?.status).toBe(401);

  const [newest] = browsers.slice(-1);
  const listed = await newest?.get('/v1/me/sessions');
  const { items } = (listed?.body ?? {}) as { items: { id: string; isThis: boolean }[] };
  expect(items).toHaveLength(5);
  expect(items[0]).toMatchObject({ isThis: true, agent: 'Test Browser', methods: ['pwd', 'otp'] });
  const ended = await newest?.ask('DELETE', `/v1/me/sessions/${items[4]?.id ?? ''}`);
  expect(ended?.body).toEqual({ removed: true });
  expect((await browsers[1]?.get('/v1/me'))?.status).toBe(401);
  const foreign = await signedIn(database.dataSource, app.url, await insertPerson(database.dataSource));
  expect(outcome(await foreign.ask('DELETE', `/v1/me/sessions/${items[3]?.id ?? ''}`))).toEqual([
    404,
    'SESSION_NOT_FOUND',
  ]);
});

test('what is dangerous asks for the factors again after ten minutes', async () => {
  const browser = new TestBrowser(app.url);
  await browser.post('/v1/auth/password', { email: EMAIL, password: PASSWORD });
  await browser.post('/v1/auth/totp', { code: await nextCode() });
  await database.dataSource.query(`update sessions set auth_time = now() - interval '601 seconds'`);

  const refused = await browser.post('/v1/me/recovery-codes');
  expect([...outcome(refused), refused.body['methods']]).toEqual([401, 'STEP_UP_REQUIRED', ['password', 'totp']]);
  expect((await browser.get('/v1/users')).status).toBe(200);

  expect(outcome(await browser.post('/v1/auth/step-up', { password: PASSWORD }))).toEqual([401, 'SIGN_IN_REFUSED']);
  expect(outcome(await browser.post('/v1/auth/step-up', { code: await nextCode() }))).toEqual([401, 'SIGN_IN_REFUSED']);
  const before = browser.cookies.get(SESSION);
  const stepped = await browser.post('/v1/auth/step-up', { password: PASSWORD, code: await nextCode() });
  expect(stepped.body).toEqual({ next: 'done' });
  expect(browser.cookies.get(SESSION)).not.toBe(before);
  const codes = await browser.post('/v1/me/recovery-codes');
  expect([codes.status, codes.body['recoveryCodes']]).toEqual([201, expect.not.arrayContaining([recoveryCodes[1]])]);
});

test('a new password needs the present one, and ends every other session', async () => {
  const [one, other] = [new TestBrowser(app.url), new TestBrowser(app.url)];
  for (const browser of [one, other]) {
    await browser.post('/v1/auth/password', { email: EMAIL, password: PASSWORD });
    await browser.post('/v1/auth/totp', { code: await nextCode() });
  }
  const change = (current: string, password: string) =>
    one.ask('PUT', '/v1/me/password', { body: { current, password } });

  expect(outcome(await change('wrong', 'three tired tigers ate'))).toEqual([401, 'SIGN_IN_REFUSED']);
  expect(outcome(await change(PASSWORD, 'short'))).toEqual([400, 'FIELD_INVALID']);
  expect((await change(PASSWORD, 'three tired tigers ate')).body).toEqual({ changed: true });
  expect([(await one.get('/v1/me')).status, (await other.get('/v1/me')).status]).toEqual([200, 401]);
  expect((await change('three tired tigers ate', PASSWORD)).status).toBe(200);
});

test('a sign-in that began with the old password does not go on after its change', async () => {
  const [one, begun] = [new TestBrowser(app.url), new TestBrowser(app.url)];
  for (const browser of [begun, one]) await browser.post('/v1/auth/password', { email: EMAIL, password: PASSWORD });
  await one.post('/v1/auth/totp', { code: await nextCode() });
  const passwords = ['three tired tigers ate', PASSWORD];
  for (const [at, password] of passwords.entries()) {
    const current = passwords[at - 1] ?? PASSWORD;
    expect((await one.ask('PUT', '/v1/me/password', { body: { current, password } })).status).toBe(200);
  }
  const refused = await begun.post('/v1/auth/totp', { code: await nextCode() });
  expect(outcome(refused)).toEqual([401, 'SIGN_IN_EXPIRED']);
});

test('a session does not wait because of strangers that know the address alone', async () => {
  const browser = new TestBrowser(app.url);
  await browser.post('/v1/auth/password', { email: EMAIL, password: PASSWORD });
  await browser.post('/v1/auth/totp', { code: await nextCode() });
  await database.dataSource.query(
    `insert into sign_in_failures (account_hash, failures, wait_until)
     values (sha256($1::bytea), 14, now() + interval '15 minutes')
     on conflict (account_hash) do update set failures = excluded.failures, wait_until = excluded.wait_until`,
    [EMAIL],
  );
  const stepped = await browser.post('/v1/auth/step-up', { password: PASSWORD, code: await nextCode() });
  expect(stepped.body).toEqual({ next: 'done' });
  await database.dataSource.query('delete from sign_in_failures');
});

test('what is in the log and in the database opens nothing', async () => {
  const rows = await database.dataSource.query<{ row: string }[]>(
    `select s::text as row from sessions s union all select u::text from users u`,
  );
  const browser = await signedIn(database.dataSource, app.url, await insertPerson(database.dataSource));
  const text = rows.map(({ row }) => row).join('\n');
  expect(text).not.toContain(browser.cookies.get(SESSION));
  expect(text).not.toContain(PASSWORD);
  expect(text).toContain('$scrypt$ln=17,r=8,p=1$');
});
