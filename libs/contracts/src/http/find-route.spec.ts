import { expect, test } from 'vitest';
import { findRoute } from './find-route.ts';
import { routes } from './routes.ts';

const ID = '0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e';

test.each(Object.keys(routes))('%s is found by itself, whatever its parameters are', (key) => {
  const [method = '', path = ''] = key.split(' ');

  expect(findRoute(method, path.replaceAll(/\{\w+\}/g, ID))).toBe(key);
});

test.each([
  ['HEAD', '/v1/batches', 'GET /v1/batches'],
  ['GET', '/V1/Batches/?status=failed', 'GET /v1/batches'],
  ['GET', `/v1/boletos/${ID}.pdf?x=/v1/issuers`, 'GET /v1/boletos/{id}.pdf'],
  ['GET', '/v1/dead-letters/groups', 'GET /v1/dead-letters/groups'],
  ['GET', '/v1/batches/..', 'GET /v1/batches/{id}'],
])('%s %s takes the route %s', (method, target, key) => {
  expect(findRoute(method, target)).toBe(key);
});

test.each([
  ['DELETE', '/v1/batches'],
  ['GET', '/v1/batchesx'],
  ['GET', '/v1/batches//'],
  ['GET', '//v1/batches'],
  ['GET', '/x/v1/batches'],
  ['GET', '/v1/exports'],
  ['GET', `/v1/boletos/${ID}Xpdf/y`],
  ['GET', '/'],
  ['', ''],
])('%s %s is no route', (method, target) => {
  expect(findRoute(method, target)).toBeUndefined();
});
