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

test('ReDoc is served with its files from here, under the policy of the documentation', async () => {
  const lab = await startLab();
  const page = await fetch(`${lab.origin}/redoc`);
  const html = await page.text();
  const policy = page.headers.get('content-security-policy') ?? '';
  const files = [...html.matchAll(/(?:src|href)="(\/[^"]*)"/g)].map(([, path = '']) => path);

  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(policy).toContain("default-src 'self'");
  expect(policy).toContain("style-src 'self' 'unsafe-inline'");
  expect(policy).not.toMatch(/script-src[^;]*unsafe/);
  expect(html).not.toMatch(/<(?:script|style)>|https?:/);
  expect(files).toEqual(['/redoc/page.css', '/redoc/redoc.standalone.js', '/redoc/page.js']);
  for (const path of files) expect((await fetch(`${lab.origin}${path}`)).status).toBe(200);
  const bundle = await (await fetch(`${lab.origin}/redoc/redoc.standalone.js`)).text();
  expect(bundle.length).toBeGreaterThan(500_000);
  expect(await (await fetch(`${lab.origin}/redoc/page.js`)).text()).toContain(`Redoc.init('/docs-json'`);
  expect((await fetch(`${lab.origin}/redoc/other.js`)).status).toBe(404);
  expect(lab.seen).toEqual([]);
});
