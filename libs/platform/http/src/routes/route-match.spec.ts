import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { isFor } from './route-match.ts';

test.each([
  ['POST', '/v1/issuers', true],
  ['POST', '/V1/Issuers/?x=/y', true],
  ['GET', '/v1/issuers', false],
  ['POST', '/v1/issuers/preview', false],
  ['POST', '/v1/issuers//', false],
  ['POST', '//v1/issuers', false],
])('%s %s is for POST /v1/issuers: %s', (method, url, expected) => {
  expect(isFor({ method, url } as IncomingMessage, { method: 'POST', path: '/v1/issuers' })).toBe(expected);
});

test.each([
  ['/v1/issuers/0190f5a6', true],
  ['/v1/issuers/0190f5a6/', true],
  ['/v1/issuers/', false],
  ['/v1/issuers', false],
  ['/v1/issuers/0190f5a6/x', false],
  ['/v1/batches/0190f5a6', false],
])('PATCH %s is for a path with a parameter: %s', (url, expected) => {
  const request = { method: 'PATCH', url } as IncomingMessage;
  expect(isFor(request, { method: 'PATCH', path: '/v1/issuers/{id}' })).toBe(expected);
});
