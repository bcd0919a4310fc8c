import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeSetupLink } from '#identity';
import { createTestDatabase, waitFor, type TestDatabase } from '#testing';
import { PUBLIC, startApp, type RunningApp } from '../billing-api.fixture.ts';
import { auditOf, codeOf, FREE_OF_LIMITS, PASSWORD, TestBrowser } from './people.fixture.ts';

const OTHER_ORGANIZATION = '00000000-0000-4000-8000-0000000000b2';

let database: TestDatabase;
let app: RunningApp;
const ana = () => new TestBrowser(app.url);
/** The events that a test has looked at. */
let seen = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  app = await startApp({
    databaseUrl: database.url,
    config: { ...FREE_OF_LIMITS, CLIENT_SIGN_INS_PER_MINUTE: 1_000 },
  });
});
afterAll(async () => {
  await app.stop();
  await database.drop();
});

/** The events since the last look. A refusal is recorded after its answer. */
async function newEvents(count: number): Promise<readonly (readonly unknown[])[]> {
  await waitFor(async () => (await auditOf(database.dataSource)).length >= seen + count, { describe: 'the events' });
  const events = (await auditOf(database.dataSource)).slice(seen);
  seen += events.length;
  return events;
}

const codeOfNow = async (secret: string): Promise<string> => {
  await database.dataSource.query('update users set totp_last_step = null where totp_confirmed_at is not null');
  return codeOf(secret, Math.floor(Date.now() / 30_000));
};

const tokenOf = (link: unknown): string => String(link).split('#')[1] ?? '';

test('whatever a person does with a sign-in, and with what proves it, is on record', async () => {
  const browser = ana();
  const token = tokenOf(await makeSetupLink(database, PUBLIC));
  const account = { token, name: 'Ana Prado', email: 'ana@example.com', organization: 'Padaria do Largo' };
  await browser.post('/v1/setup', { ...account, password: PASSWORD });
  expect(await newEvents(2)).toEqual([
    ['person.setUp', 'ok', 'person', {}],
    ['person.signedIn', 'ok', 'person', { methods: ['pwd'] }],
  ]);

  const secret = String((await browser.post('/v1/me/totp')).body['secret']);
  const confirmed = await browser.post('/v1/me/totp/confirm', { code: await codeOfNow(secret) });
  const [recoveryCode] = confirmed.body['recoveryCodes'] as string[];
  await browser.post('/v1/me/recovery-codes');
  expect(await newEvents(2)).toEqual([
    ['person.factorAdded', 'ok', 'person', { method: 'otp' }],
    ['person.recoveryCodes', 'ok', 'person', {}],
  ]);

  const elsewhere = ana();
  await elsewhere.post('/v1/auth/password', { email: account.email, password: 'wrong' });
  expect(await newEvents(1)).toEqual([['person.signInRefused', 'denied', 'system', { method: 'pwd' }]]);
  await elsewhere.post('/v1/auth/password', { email: account.email, password: PASSWORD });
  await elsewhere.post('/v1/auth/recovery', { code: recoveryCode });
  expect(await newEvents(1)).toEqual([['person.signInRefused', 'denied', 'system', { method: 'rec' }]]);
  await elsewhere.post('/v1/auth/totp', { code: await codeOfNow(secret) });
  expect(await newEvents(1)).toEqual([['person.signedIn', 'ok', 'person', { methods: ['pwd', 'otp'] }]]);

  await browser.post('/v1/auth/step-up', { password: 'wrong', code: await codeOfNow(secret) });
  expect(await newEvents(1)).toEqual([['person.signInRefused', 'denied', 'person', { method: 'pwd' }]]);
  await browser.post('/v1/auth/step-up', { password: PASSWORD, code: await codeOfNow(secret) });
  expect(await newEvents(1)).toEqual([['person.steppedUp', 'ok', 'person', { methods: ['pwd', 'otp'] }]]);

  const { items } = (await browser.get('/v1/me/sessions')).body as { items: { id: string; isThis: boolean }[] };
  await browser.ask('DELETE', `/v1/me/sessions/${items.find(({ isThis }) => !isThis)?.id ?? ''}`);
  await browser.ask('PUT', '/v1/me/password', { body: { current: PASSWORD, password: 'three tired tigers ate' } });
  await browser.ask('PUT', '/v1/me/password', { body: { current: 'three tired tigers ate', password: PASSWORD } });
  await browser.ask('DELETE', '/v1/me/totp');
  await browser.post('/v1/auth/sign-out');
  expect(await newEvents(5)).toEqual([
    ['session.ended', 'ok', 'person', {}],
    ['person.passwordChanged', 'ok', 'person', {}],
    ['person.passwordChanged', 'ok', 'person', {}],
    ['person.factorRemoved', 'ok', 'person', { method: 'otp' }],
    ['person.signedOut', 'ok', 'person', {}],
  ]);
});

test('whatever an admin does with people is on record, and what those people make of it', async () => {
  const admin = ana();
  await admin.post('/v1/auth/password', { email: 'ana@example.com', password: PASSWORD });
  const secret = String((await admin.post('/v1/me/totp')).body['secret']);
  await admin.post('/v1/me/totp/confirm', { code: await codeOfNow(secret) });
  await newEvents(2);

  const withdrawn = await admin.post('/v1/invitations', { email: 'eva@example.com', role: 'viewer' });
  await admin.ask('DELETE', `/v1/invitations/${String(withdrawn.body['id'])}`);
  const invited = await admin.post('/v1/invitations', { email: 'rui@example.com', role: 'viewer' });
  const rui = new TestBrowser(app.url);
  await rui.post('/v1/invitations/accept', { token: tokenOf(invited.body['link']), name: 'Rui', password: PASSWORD });
  expect(await newEvents(5)).toEqual([
    ['invitation.made', 'ok', 'person', { role: 'viewer', issuers: null }],
    ['invitation.withdrawn', 'ok', 'person', {}],
    ['invitation.made', 'ok', 'person', { role: 'viewer', issuers: null }],
    ['invitation.accepted', 'ok', 'person', { role: 'viewer' }],
    ['person.signedIn', 'ok', 'person', { methods: ['pwd'] }],
  ]);

  const { user } = (await rui.get('/v1/me')).body as { user: { id: string } };
  await admin.ask('PATCH', `/v1/users/${user.id}`, { body: { role: 'biller' } });
  const { link } = (await admin.post(`/v1/users/${user.id}/password-reset`)).body;
  await rui.post('/v1/auth/password-reset', { token: tokenOf(link), password: 'three tired tigers ate' });
  await admin.ask('DELETE', `/v1/users/${user.id}/sessions`);
  await admin.ask('PATCH', `/v1/users/${user.id}`, { body: { status: 'ended' } });
  expect(await newEvents(5)).toEqual([
    ['member.changed', 'ok', 'person', { fields: ['role'], roleBefore: 'viewer', role: 'biller' }],
    ['member.resetLinkMade', 'ok', 'person', {}],
    ['person.passwordReset', 'ok', 'person', {}],
    ['member.signedOut', 'ok', 'person', { sessions: 0 }],
    ['member.changed', 'ok', 'person', { fields: ['status'], statusBefore: 'active', status: 'ended' }],
  ]);
});

test('what concerns a person is on record in each of its organizations, and a session that moves where it moves to', async () => {
  await database.dataSource.query(`insert into organizations (id, name, slug) values ($1, 'Other', 'other')`, [
    OTHER_ORGANIZATION,
  ]);
  await database.dataSource.query(
    `insert into memberships (user_id, organization_id, role) select id, $1, 'viewer' from users where email = $2`,
    [OTHER_ORGANIZATION, 'ana@example.com'],
  );
  await database.dataSource.query(`update users set totp_seed = null, totp_confirmed_at = null, totp_last_step = null`);
  const browser = ana();
  await browser.post('/v1/auth/password', { email: 'ana@example.com', password: PASSWORD });
  for (let twice = 0; twice < 2; twice += 1) {
    await browser.ask('PUT', '/v1/me/organization', { body: { organizationId: OTHER_ORGANIZATION } });
  }
  expect((await newEvents(3)).map(([action]) => action)).toEqual([
    'person.signedIn',
    'person.signedIn',
    'session.moved',
  ]);
  expect(
    await database.dataSource.query(`select action from audit_events where organization_id = $1 order by id`, [
      OTHER_ORGANIZATION,
    ]),
  ).toEqual([{ action: 'person.signedIn' }, { action: 'session.moved' }]);
});

test('an address without an account leaves nothing in the audit', async () => {
  await ana().post('/v1/auth/password', { email: 'nobody@example.com', password: PASSWORD });
  await ana().post('/v1/auth/password', { email: 'ana@example.com', password: 'wrong' });
  const refused = ['person.signInRefused', 'denied', 'system', { method: 'pwd' }];
  expect(await newEvents(2), 'one in each organization of Ana').toEqual([refused, refused]);
});

test('no event of people holds a name or an address', async () => {
  const rows = await database.dataSource.query<{ row: string }[]>('select e::text as row from audit_events e');
  const text = rows.map(({ row }) => row).join('\n');
  for (const personal of ['Ana', 'Rui', 'example.com', '127.0.0.1']) expect(text).not.toContain(personal);
});
