import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, insertOrganization, type TestDatabase } from '#testing';
import { startApp, type RunningApp } from '../billing-api.fixture.ts';
import { FREE_OF_LIMITS, insertPerson, outcome, PASSWORD, signedIn, TestBrowser, type Said } from './people.fixture.ts';

const FULL = [409, 'LIMIT_REACHED'];

let database: TestDatabase;
let app: RunningApp;

beforeAll(async () => {
  database = await createTestDatabase();
  app = await startApp({ databaseUrl: database.url, config: FREE_OF_LIMITS });
});

afterAll(async () => {
  await app.stop();
  await database.drop();
});

/** An organization of one admin, with room for so many members. */
async function organization(members: number) {
  const { dataSource } = database;
  const { id: organizationId } = await insertOrganization(dataSource, { limits: { members } });
  const { userId } = await insertPerson(dataSource, { organizationId });
  const admin = await signedIn(dataSource, app.url, { userId, organizationId });
  const invite = (name: string) =>
    admin.post('/v1/invitations', { email: `${name}@${organizationId}.example`, role: 'viewer' });
  const setStatus = (id: string, status: string) => admin.ask('PATCH', `/v1/users/${id}`, { body: { status } });
  return { organizationId, admin, invite, setStatus };
}

const accept = (invited: Said): Promise<Said> =>
  new TestBrowser(app.url).post('/v1/invitations/accept', {
    token: String(invited.body['link']).split('#')[1],
    name: 'Rui Paz',
    password: PASSWORD,
  });

test('members and open invitations together are at most as many as the limit says', async () => {
  const { invite, admin } = await organization(3);
  const [rui, eva] = [await invite('rui'), await invite('eva')];
  expect([rui.status, eva.status]).toEqual([201, 201]);
  const refused = await invite('leo');
  expect([outcome(refused), refused.body]).toEqual([FULL, expect.objectContaining({ limit: 3, used: 3 })]);

  const again = await invite('rui');
  expect(again.status, 'an invitation in place of another one').toBe(201);
  expect((await accept(again)).status, 'a member in place of an invitation').toBe(200);
  expect(outcome(await invite('leo'))).toEqual(FULL);

  await admin.ask('DELETE', `/v1/invitations/${String(eva.body['id'])}`);
  expect((await invite('leo')).status).toBe(201);
});

test('an invitation that has expired and a person that has left do not count; a person that returns does', async () => {
  const { organizationId, invite, setStatus } = await organization(2);
  const { userId } = await insertPerson(database.dataSource, { role: 'viewer', organizationId });
  expect(outcome(await invite('rui'))).toEqual(FULL);
  expect((await setStatus(userId, 'suspended')).status).toBe(200);
  expect(outcome(await invite('rui'))).toEqual(FULL);
  expect((await setStatus(userId, 'ended')).status).toBe(200);
  expect((await invite('rui')).status).toBe(201);

  expect(outcome(await setStatus(userId, 'active'))).toEqual(FULL);
  await database.dataSource.query(
    `update invitations set created_at = now() - interval '2 days', expires_at = now() - interval '1 day'
     where organization_id = $1`,
    [organizationId],
  );
  expect((await setStatus(userId, 'active')).status).toBe(200);
  expect((await setStatus(userId, 'suspended')).status, 'no member more').toBe(200);
});

test('an invitation is kept that finds no room any more', async () => {
  const { organizationId, invite } = await organization(2);
  const invited = await invite('rui');
  const allow = (members: number) =>
    database.dataSource.query('update organizations set limits = $2 where id = $1', [organizationId, { members }]);
  await allow(1);
  expect(outcome(await accept(invited))).toEqual(FULL);
  await allow(2);
  expect((await accept(invited)).status).toBe(200);
});

test('of many that ask at once, one gets the last place', async () => {
  const { invite } = await organization(3);
  const invited = await invite('first');
  const names = ['rui', 'eva', 'leo', 'bia', 'ivo'];

  const [accepted, ...answers] = await Promise.all([accept(invited), ...names.map(invite)]);

  expect(accepted?.status).toBe(200);
  expect(answers.map(outcome).toSorted(([a], [b]) => Number(a) - Number(b))).toEqual([
    [201, undefined],
    FULL,
    FULL,
    FULL,
    FULL,
  ]);
});
