import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkRoomFor, countSignIn } from '#access';
import { withTransaction } from '#database';
import {
  answerOf,
  createTestDatabase,
  insertBatch,
  insertChunk,
  insertIssuer,
  insertOrganization,
  type TestDatabase,
} from '#testing';
import { startApp, type RunningApp } from '../../apps/billing-api/src/billing-api.fixture.ts';
import { csv, runUploadApi, type RunningUploadApi } from '../../apps/upload-api/src/upload-api.fixture.ts';
import { insertTestKey, newKeyText } from '../../libs/billing/access/src/test-key.fixture.ts';

let database: TestDatabase;
let billing: RunningApp;
let uploads: RunningUploadApi;
/** Another process of upload-api. */
let otherUploads: RunningUploadApi;

beforeAll(async () => {
  database = await createTestDatabase();
  billing = await startApp({ databaseUrl: database.url });
  uploads = await runUploadApi({ DATABASE_URL: database.url });
  otherUploads = await runUploadApi({ DATABASE_URL: database.url });
});

afterAll(async () => {
  await Promise.all([billing.stop(), uploads.close(), otherUploads.close()]);
  await database.drop();
});

interface Client {
  readonly organizationId: string;
  readonly issuerId: string;
  readonly key: string;
  readonly get: (path: string) => Promise<Response>;
  readonly post: (path: string, body: object) => Promise<Response>;
  readonly upload: (to?: RunningUploadApi) => Promise<Response>;
}

/** A client of an organization of its own, with these limits. */
async function client(limits: object, organizationId?: string): Promise<Client> {
  const id = organizationId ?? (await insertOrganization(database.dataSource, { limits })).id;
  const { id: issuerId } = await insertIssuer(database.dataSource, { organizationId: id });
  const key = await insertTestKey(database.dataSource.manager, { organizationId: id });
  const headers = { authorization: `Bearer ${key}` };
  return {
    organizationId: id,
    issuerId,
    key,
    get: async (path) => await fetch(`${billing.url}${path}`, { headers }),
    post: async (path, body) =>
      await fetch(`${billing.url}${path}`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    upload: async (to = uploads) => {
      const form = new FormData();
      form.append('issuerId', issuerId);
      form.append('file', new Blob([csv()]), 'a.csv');
      return await fetch(`${await to.origin()}/v1/batches`, { method: 'POST', headers, body: form });
    },
  };
}

/** The code and the body of a refusal, and the seconds of its Retry-After. */
async function refusal(response: Response) {
  const { code, ...body } = await answerOf(response);
  return { status: response.status, code, body, retryAfter: Number(response.headers.get('retry-after')) };
}

/** Without a key, from an address of the loopback. */
async function anonymous(
  localAddress: string,
  headers: Record<string, string> = {},
  [method, path] = ['GET', '/v1/batches'],
): Promise<IncomingMessage> {
  const outgoing = httpRequest(`${billing.url}${path}`, { method, localAddress, headers });
  outgoing.end();
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  answer.resume();
  return answer;
}

describe('rates', () => {
  test('a key has the requests of a second of its organization; another key has its own', async () => {
    const one = await client({ requests: 2 });
    const two = await client({}, one.organizationId);
    const startedAt = performance.now();
    const answers = await Promise.all(Array.from({ length: 30 }, async () => await one.get('/v1/batches')));
    const seconds = (performance.now() - startedAt) / 1_000;

    const allowed = answers.filter(({ status }) => status === 200);
    expect(allowed.length).toBeGreaterThanOrEqual(4);
    expect(allowed.length).toBeLessThanOrEqual(4 + 2 * seconds + 1);
    expect(allowed[0]?.headers.get('ratelimit-policy')).toBe('"requests";q=4;w=2');
    expect(allowed[0]?.headers.get('ratelimit')).toMatch(/^"requests";r=[0-3];t=[12]$/);
    const refused = answers.find(({ status }) => status !== 200);
    expect(refused?.headers.get('ratelimit')).toMatch(/^"requests";r=0;t=[12]$/);
    if (refused === undefined) throw new Error('thirty requests at once were all allowed');
    expect(await refusal(refused)).toMatchObject({
      status: 429,
      code: 'RATE_LIMITED',
      retryAfter: 1,
      body: { limit: 4, used: 4, resetsAt: expect.any(String) as string },
    });
    expect((await two.get('/v1/batches')).status).toBe(200);
  });

  test('uploads are counted by key for all processes together', async () => {
    const { upload } = await client({ uploads: 2 });
    const first = await upload();
    expect([first.status, first.headers.get('ratelimit-policy')]).toEqual([
      202,
      '"requests";q=100;w=2, "uploads";q=2;w=60',
    ]);
    expect((await upload(otherUploads)).status).toBe(202);

    const refused = await upload(otherUploads);

    expect(refused.headers.get('ratelimit')).toMatch(/^"requests";r=\d+;t=\d+, "uploads";r=0;t=(59|60)$/);
    const { retryAfter, ...rest } = await refusal(refused);
    expect(rest).toMatchObject({ status: 429, code: 'RATE_LIMITED', body: { limit: 2 } });
    expect(retryAfter).toBeGreaterThan(20);
    expect(retryAfter).toBeLessThanOrEqual(30);
  });

  test('exports are counted by organization, also those that are refused', async () => {
    const { post, organizationId } = await client({ exports: 1 });
    const other = await client({}, organizationId);
    const path = '/v1/batches/0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e/exports';
    expect((await post(path, { format: 'pdf-zip' })).status).toBe(404);
    expect(await refusal(await other.post(path, { format: 'pdf-zip' }))).toMatchObject({
      status: 429,
      code: 'RATE_LIMITED',
    });
  });

  test('attempts to sign in are counted by network, and by account from each network', async () => {
    const db = database.dataSource.manager;
    for (let at = 0; at < 5; at += 1) {
      await countSignIn(db, {
        network: '192.0.2.0/24',
        account: `${at.toString()}@example.com`,
        perMinute: 5,
      });
    }
    const limited = { problem: { status: 429, code: 'RATE_LIMITED' } };
    await expect(
      countSignIn(db, { network: '192.0.2.0/24', account: 'z@example.com', perMinute: 5 }),
    ).rejects.toMatchObject(limited);
    const counted = { network: '198.51.100.0/24', account: 'ana@example.com', perMinute: 5 };
    for (let at = 0; at < 10; at += 1) {
      await countSignIn(db, counted);
      await db.query(`delete from token_buckets where name like 'signInsOfAddress:%'`);
    }
    await expect(countSignIn(db, counted)).rejects.toMatchObject(limited);
    // Strangers cannot keep the owner out: what they spend is that of their own network.
    await countSignIn(db, { ...counted, network: '203.0.113.0/24' });
    expect(await db.query(`select name from token_buckets where name like '%@%'`), 'addresses in clear').toEqual([]);
  });

  test('requests without a key are counted by network, and a key of the same network goes on', async () => {
    const { key } = await client({});
    const startedAt = performance.now();
    const answers = await Promise.all(
      Array.from({ length: 90 }, async (_, at) => await anonymous(`127.0.9.${(1 + (at % 3)).toString()}`)),
    );
    const seconds = (performance.now() - startedAt) / 1_000;
    const allowed = answers.filter(({ statusCode }) => statusCode === 401).length;
    expect(allowed).toBeGreaterThanOrEqual(40);
    expect(allowed).toBeLessThanOrEqual(41 + 10 * seconds);
    expect(answers.filter(({ statusCode }) => statusCode === 429).length).toBe(90 - allowed);
    expect((await anonymous('127.0.9.1', { authorization: `Bearer ${key}` })).statusCode).toBe(200);
    expect((await anonymous('127.0.10.1')).statusCode, 'another network').toBe(401);
  });

  test.each([
    [
      '127.0.11.1',
      'a route without identity',
      ['POST', '/v1/auth/passkey/options'],
      200,
      () => ({ authorization: 'x' }),
    ],
    [
      '127.0.12.1',
      'the same with a cookie',
      ['POST', '/v1/auth/passkey/options'],
      200,
      () => ({ cookie: '__Host-x=1' }),
    ],
    ['127.0.13.1', 'no route at all', ['GET', '/v1/nothing'], 404, () => ({ authorization: 'x' })],
    ['127.0.14.1', 'keys that never were', undefined, 401, () => ({ authorization: `Bearer ${newKeyText('live')}` })],
    [
      '127.0.15.1',
      'sessions that never were',
      undefined,
      401,
      () => ({ cookie: `__Host-sb_session=${randomBytes(32).toString('base64url')}` }),
    ],
  ] as const)('a header is no identity, from %s: %s', async (address, _, route, status, headersOf) => {
    const { key } = await client({});
    const asKey = { authorization: `Bearer ${key}` };
    expect((await anonymous(address, asKey)).statusCode).toBe(200);
    const startedAt = performance.now();
    const ask = async () => await anonymous(address, headersOf(), route && [...route]);
    const answers = (await Promise.all(Array.from({ length: 90 }, ask))).map(({ statusCode }) => statusCode);
    const seconds = (performance.now() - startedAt) / 1_000;

    const allowed = answers.filter((each) => each === status).length;
    expect(allowed).toBeGreaterThanOrEqual(40);
    expect(allowed).toBeLessThanOrEqual(41 + 10 * seconds);
    expect(answers.filter((each) => each === 429).length).toBe(90 - allowed);
    expect((await anonymous(address, asKey)).statusCode, 'a key that was good before').toBe(200);
  });

  test('a key does not spend what its network has without identity', async () => {
    const { key } = await client({});
    const address = '127.0.16.1';
    const asKey = async () => await anonymous(address, { authorization: `Bearer ${key}` });
    const answers = await Promise.all(Array.from({ length: 60 }, asKey));
    expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(60);
    const others = await Promise.all(Array.from({ length: 35 }, async () => await anonymous(address)));
    expect(others.filter(({ statusCode }) => statusCode === 401)).toHaveLength(35);
  });
});

/** A file of the issuer with so many rows. */
const rowsOf = async (rowsRead: bigint, issuer: string, receivedAt = new Date()) => {
  const split = { status: 'processing', chunksTotal: 1, splitAt: new Date() } as const;
  const facts = { issuerId: issuer, rowsRead, receivedAt, ...split };
  const { id: batchId } = await insertBatch(database.dataSource, facts);
  await insertChunk(database.dataSource, { batchId });
};

describe('quotas of an organization', () => {
  test('no file is taken after those of the day', async () => {
    const { upload } = await client({ files: 1 });
    expect((await upload()).status).toBe(202);
    const { retryAfter, ...rest } = await refusal(await upload());
    const resetsAt = 'resetsAt' in rest.body ? String(rest.body.resetsAt) : '';
    expect(rest).toMatchObject({ status: 429, code: 'QUOTA_EXCEEDED', body: { limit: 1, used: 1 } });
    expect(resetsAt).toMatch(/T00:00:00\.000Z$/);
    expect(Math.abs(Date.parse(resetsAt) - Date.now() - retryAfter * 1_000)).toBeLessThan(2_000);
  });

  test('no file is taken after the rows of the day; those of yesterday and of others do not count', async () => {
    const { upload, issuerId } = await client({ rows: 10 });
    await rowsOf(500n, issuerId, new Date(Date.now() - 86_400_000));
    await rowsOf(500n, (await client({})).issuerId);
    await rowsOf(9n, issuerId);
    expect((await upload()).status).toBe(202);
    await rowsOf(1n, issuerId);
    expect(await refusal(await upload())).toMatchObject({ code: 'QUOTA_EXCEEDED', body: { limit: 10, used: 10 } });
  });

  test('no file is taken while too many bytes are kept', async () => {
    const { upload, issuerId } = await client({ keptBytes: 1_000 });
    const { id } = await insertBatch(database.dataSource, { issuerId, bytes: 1_000n });
    expect(await refusal(await upload())).toMatchObject({
      status: 409,
      code: 'LIMIT_REACHED',
      body: { limit: 1_000, used: 1_000 },
    });
    await database.dataSource.query(`update batches set file_removed_at = now() where id = $1`, [id]);
    expect((await upload()).status).toBe(202);
  });

  test('of two transactions that ask for the last issuer, one gets it', async () => {
    const { dataSource } = database;
    const { organizationId } = await client({ issuers: 2 });
    const limited = { organizationId, limits: { issuers: 2 } };
    const ask = async () =>
      await withTransaction(dataSource, async (tx) => {
        await checkRoomFor(tx, 'issuers', limited);
        await insertIssuer(tx, { organizationId });
      });
    const asked = await Promise.allSettled([ask(), ask(), ask()]);
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(ask()).rejects.toMatchObject({
      problem: { status: 409, code: 'LIMIT_REACHED', extra: { limit: 2, used: 2 } },
    });
  });

  test('only keys that work count', async () => {
    const { dataSource } = database;
    const { organizationId } = await client({});
    const ask = async () =>
      await withTransaction(dataSource, async (tx) => {
        await checkRoomFor(tx, 'keys', { organizationId, limits: { keys: 1 } });
      });
    await expect(ask()).rejects.toMatchObject({ problem: { code: 'LIMIT_REACHED' } });
    await dataSource.query(`update api_keys set revoked_at = now(), revoked_by = 'test' where organization_id = $1`, [
      organizationId,
    ]);
    await ask();
  });
});
