import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answerOf, createTestDatabase, insertIssuer, waitFor, type TestDatabase } from '#testing';
import { csv, file, runUploadApi, send, type RunningUploadApi } from './upload-api.fixture.ts';

let database: TestDatabase;
let api: RunningUploadApi;
let origin: string;
let issuerId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  issuerId = (await insertIssuer(database.dataSource)).id;
  api = await runUploadApi({ DATABASE_URL: database.url, DEFAULT_ISSUER_ID: issuerId });
  origin = await api.origin();
});

afterAll(async () => {
  await api.close();
  await database.drop();
});

test.each([
  'GET /v1/batches',
  'GET /v1/batches?status=completed&limit=10',
  `GET /v1/batches/${randomUUID()}`,
  `POST /v1/batches/${randomUUID()}/cancel`,
  `GET /v1/boletos/${randomUUID()}.pdf`,
  'POST /v1/issuers',
  'GET /v1/stages',
])('%s, which billing-api answers, is refused as misdirected', async (request) => {
  const [method = '', path = ''] = request.split(' ');
  const response = await fetch(`${origin}${path}`, { method, redirect: 'manual' });

  expect([response.status, (await answerOf(response)).code]).toEqual([421, 'MISDIRECTED']);
});

test('the upload is documented, with examples', async () => {
  const document = (await (await fetch(`${origin}/docs-json`)).json()) as {
    paths: Record<string, Record<string, { requestBody?: unknown; responses: Record<string, unknown> }>>;
    components: { schemas: Record<string, { example?: unknown }> };
  };

  expect(Object.keys(document.paths).toSorted()).toEqual(['/v1/batches']);
  const upload = document.paths['/v1/batches']?.['post'];
  expect(Object.keys(upload?.responses ?? {}).join(' ')).toBe(
    '200 202 400 401 403 408 409 413 415 421 422 429 431 503',
  );
  expect(JSON.stringify(upload?.requestBody)).toContain('multipart/form-data');
  expect(JSON.stringify(upload?.responses['202'])).toContain('#/components/schemas/AcceptedBatch');
  expect(JSON.stringify(document.components.schemas['AcceptedBatch']?.example)).toContain('/v1/batches/');
});

test('it is ready while its database is there, and counts its requests by route', async () => {
  const management = await api.managementOrigin();
  expect((await fetch(`${management}/health/live`)).status).toBe(200);
  expect((await fetch(`${management}/health/ready`)).status).toBe(200);

  await send(origin, file(csv()));
  const metrics = await (await fetch(`${management}/metrics`)).text();
  expect(metrics).toMatch(
    /billing_http_request_duration_seconds_count\{method="POST",route="\/v1\/batches",status="202"/,
  );
});

test('every line about a batch names it', async () => {
  const { id } = await answerOf(await send(origin, file(csv())));

  const line = await waitFor(() => api.lines.find((each) => each.includes(id)), {
    describe: 'the line of the request',
  });
  expect(JSON.parse(line)).toMatchObject({ batchId: id, method: 'POST', route: '/v1/batches', status: 202 });
});
