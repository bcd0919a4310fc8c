import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, insertIssuer, type TestDatabase, waitFor } from '#testing';
import { answerOf, csv, file, RECEIVABLES, runUploadApi, type RunningUploadApi, send } from './upload-api.fixture.ts';

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

describe('one base URL', () => {
  test.each([
    '/v1/batches',
    '/v1/batches?status=completed&limit=10',
    `/v1/batches/${randomUUID()}`,
    `/v1/batches/${randomUUID()}/events`,
    `/v1/batches/${randomUUID()}/results.csv?a=%2F..`,
    `/v1/boletos/${randomUUID()}.pdf`,
    `/v1/exports/${randomUUID()}/download`,
  ])('is enough: GET %s is sent on, with its query', async (path) => {
    const response = await fetch(`${origin}${path}`, { redirect: 'manual' });

    expect(response.status).toBe(307);
    expect(response.headers.get('location')).toBe(`${RECEIVABLES}${path}`);
  });

  test('is documented, with examples', async () => {
    const document = (await (await fetch(`${origin}/docs-json`)).json()) as {
      paths: Record<string, Record<string, { requestBody?: unknown; responses: Record<string, unknown> }>>;
      components: { schemas: Record<string, unknown> };
    };

    expect(Object.keys(document.paths).toSorted()).toEqual([
      '/v1/batches',
      '/v1/batches/{id}/cancel',
      '/v1/batches/{id}/exports',
      '/v1/dead-letters',
      '/v1/dead-letters/discard',
      '/v1/dead-letters/groups',
      '/v1/dead-letters/replay',
      '/v1/dead-letters/restore',
      '/v1/dead-letters/{id}',
      '/v1/issuers',
      '/v1/issuers/{id}',
      '/v1/outbox',
      '/v1/stages',
      '/v1/stages/{stage}/pause',
      '/v1/stages/{stage}/resume',
    ]);
    const upload = document.paths['/v1/batches']?.['post'];
    expect(Object.keys(upload?.responses ?? {}).join(' ')).toBe('200 202 400 403 408 413 415 421 422 431 503');
    expect(JSON.stringify(upload?.requestBody)).toContain('multipart/form-data');
    expect(JSON.stringify(upload?.responses['202'])).toContain('/v1/batches/');
    expect(JSON.stringify(document.components.schemas['IssuerRequest'])).toContain('Rua das Acácias');
  });
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
