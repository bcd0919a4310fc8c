import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { DEFAULT_ORGANIZATION, makeKey } from '#access';
import { keyPermissions } from '#contracts/http';
import { createTestDatabase, waitFor, type TestDatabase } from '#testing';
import { hashOfKey, insertTestKey } from '../../../../../libs/billing/access/src/test-key.fixture.ts';
import { setStatus, startApp, type RunningApp } from '../../billing-api.fixture.ts';
import { insertPerson, signedIn } from '../../people/people.fixture.ts';
import { insertOpenBatch, openStream } from './stream.fixture.ts';

/** A key is remembered for five seconds and looked up every five. A busy machine takes longer. */
const SOON = { timeoutMs: 30_000 };

let database: TestDatabase;
let app: RunningApp;
let batchId: string;
let rowsRead = 1;

beforeAll(async () => {
  database = await createTestDatabase();
  app = await startApp({ databaseUrl: database.url });
  ({ batchId } = await insertOpenBatch(database.dataSource));
});
afterAll(async () => {
  await app.stop();
  await database.drop();
});

type Stream = Awaited<ReturnType<typeof follow>>;

/** A stream of the batch that has sent its first event. */
async function follow(headers: Readonly<Record<string, string>>) {
  const leave = new AbortController();
  onTestFinished(() => {
    leave.abort();
  });
  const init = { headers, credentials: 'omit', signal: leave.signal } as const;
  const { response, events, ended } = await openStream(app.url, batchId, init);
  expect(response.status).toBe(200);
  const state = { isOpen: true };
  // A stream that the test leaves breaks off.
  const closed = ended.catch(() => undefined).finally(() => (state.isOpen = false));
  await waitFor(() => events.length > 0, { describe: 'the first event' });
  return { events, state, closed };
}

const withKey = (key: string): Promise<Stream> => follow({ authorization: `Bearer ${key}` });

async function expectEnd({ events, state }: Stream): Promise<void> {
  await waitFor(() => !state.isOpen, { describe: 'the end of the stream', ...SOON });
  expect(events.some(({ kind }) => kind === 'final')).toBe(false);
}

/** A person whose stream is open, with the browser that opened it. */
async function personThatFollows() {
  const person = await insertPerson(database.dataSource, { role: 'operator' });
  const browser = await signedIn(database.dataSource, app.url, person);
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  return { ...person, browser, stream: await follow({ cookie }) };
}

test.each([
  ['revoked', `revoked_at = now(), revoked_by = 'test'`],
  ['expired', 'expires_at = now()'],
])('the streams of a key end when it has %s, and those of another key go on', async (_, set) => {
  const { dataSource } = database;
  const [key, other] = [await insertTestKey(dataSource.manager), await insertTestKey(dataSource.manager)];
  const [one, two, another] = [await withKey(key), await withKey(key), await withKey(other)];

  await dataSource.query(`update api_keys set ${set} where hash = $1`, [hashOfKey(key)]);
  await expectEnd(one);
  await expectEnd(two);
  const before = another.events.length;
  rowsRead += 1;
  await setStatus(dataSource, batchId, 'processing', { rowsRead });
  await waitFor(() => another.events.length > before, { describe: 'news of the other stream' });
  expect(another.state.isOpen).toBe(true);
});

test('the stream of a key ends when its maker has left', async () => {
  const { userId: createdBy } = await insertPerson(database.dataSource, { role: 'viewer' });
  const { secret } = await makeKey(database.dataSource.manager, {
    organizationId: DEFAULT_ORGANIZATION,
    name: 'ERP',
    kind: 'live',
    scopes: keyPermissions,
    issuerIds: null,
    cidrs: null,
    expiresInDays: 1,
    createdBy,
  });
  const stream = await withKey(secret);

  await database.dataSource.query(`update memberships set status = 'ended' where user_id = $1`, [createdBy]);
  await expectEnd(stream);
});

test('the stream of a person ends when the person signs out', async () => {
  const { browser, stream } = await personThatFollows();

  expect((await browser.post('/v1/auth/sign-out')).status).toBe(200);
  await expectEnd(stream);
});

test.each([
  ['is a member no more', `status = 'ended'`],
  ['may not see batches any more', `role = 'platform'`],
  ['sees other issuers', 'issuer_ids = array[gen_random_uuid()]'],
])('the stream of a person ends when the person %s', async (_, set) => {
  const { userId, stream } = await personThatFollows();

  await database.dataSource.query(`update memberships set ${set} where user_id = $1`, [userId]);
  await expectEnd(stream);
});

test('a stream keeps no person signed in: it ends with a session that was idle for too long', async () => {
  const { dataSource } = database;
  const { userId, stream } = await personThatFollows();
  const session = async () => {
    const rows = await dataSource.query<{ seen: string }[]>(
      `select seen_at::text as seen from sessions where user_id = $1`,
      [userId],
    );
    return rows[0]?.seen;
  };
  await dataSource.query(`update sessions set seen_at = now() - interval '5 minutes' where user_id = $1`, [userId]);
  const seen = await session();

  const other = await personThatFollows();
  await dataSource.query(`delete from sessions where user_id = $1`, [other.userId]);
  // The round that has ended that stream has looked at the first one too.
  await expectEnd(other.stream);
  expect([stream.state.isOpen, await session()]).toEqual([true, seen]);

  await dataSource.query(`update sessions set idle_until = now() where user_id = $1`, [userId]);
  await expectEnd(stream);
});
