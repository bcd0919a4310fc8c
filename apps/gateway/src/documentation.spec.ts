import { expect, test } from 'vitest';
import { startLab } from './gateway.fixture.ts';
import { mergeDocuments } from './merge-documents.ts';

const billing = {
  openapi: '3.1.0',
  info: { title: 'Billing' },
  paths: { '/v1/batches': { get: { operationId: 'listBatches' } } },
  components: { schemas: { Problem: { type: 'object' } } },
};
const upload = {
  openapi: '3.1.0',
  info: { title: 'Uploads' },
  paths: { '/v1/batches': { post: { operationId: 'uploadBatch' } } },
  components: { schemas: { Problem: { type: 'object' }, Batch: { type: 'object' } } },
};

test('the merged document has the operations and schemas of both, under the first title', () => {
  expect(mergeDocuments([billing, upload])).toEqual({
    openapi: '3.1.0',
    info: { title: 'Billing' },
    paths: { '/v1/batches': { get: { operationId: 'listBatches' }, post: { operationId: 'uploadBatch' } } },
    components: { schemas: { Problem: { type: 'object' }, Batch: { type: 'object' } } },
  });
});

test('an operation or a schema that two documents describe differently is an error', () => {
  expect(() => mergeDocuments([billing, billing])).toThrow('get /v1/batches');
  const other = { paths: {}, components: { schemas: { Problem: { type: 'string' } } } };
  expect(() => mergeDocuments([billing, other])).toThrow('Problem');
});

test('the gateway shows one document of all routes, and the page reads that one', async () => {
  const lab = await startLab((request, response) => {
    const isBilling = lab.seen.at(-1)?.app === 'billing-api';
    expect(request.headers.host).toBe('billing.example');
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(isBilling ? billing : upload));
  });
  const answer = await fetch(`${lab.origin}/docs-json`);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
  expect(Object.keys(((await answer.json()) as typeof billing).paths['/v1/batches'])).toEqual(['get', 'post']);
  const script = await (await fetch(`${lab.origin}/docs/swagger-ui-init.js`)).text();
  expect(script).toContain(`url: '/docs-json'`);
});

test('the documents are refused while an API is away', async () => {
  const lab = await startLab((_request, response) => response.end('{"paths":{}}'));
  lab.apps['upload-api'].close();
  const answer = await fetch(`${lab.origin}/docs-json`);
  expect([answer.status, await answer.json()]).toMatchObject([503, { code: 'UPSTREAM_AWAY' }]);
});
