import { expect, test } from 'vitest';
import { isFromOwnPage } from './own-page.ts';

const PUBLIC = 'https://billing.example/';
const OWN = { 'x-requested-with': 'smart-billing' };

test.each([
  ['GET', {}, true],
  ['HEAD', { origin: 'https://evil.example' }, true],
  ['POST', {}, false],
  ['POST', OWN, false],
  ['POST', { ...OWN, 'sec-fetch-site': 'same-origin' }, true],
  ['DELETE', { ...OWN, 'sec-fetch-site': 'none' }, false],
  ['PUT', { ...OWN, 'sec-fetch-site': 'same-site' }, false],
  ['POST', { ...OWN, origin: 'https://billing.example' }, true],
  ['POST', { ...OWN, origin: 'http://billing.example' }, false],
  ['POST', { ...OWN, origin: 'null', 'sec-fetch-site': 'same-origin' }, false],
  ['POST', { ...OWN, origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' }, false],
  ['POST', { origin: 'https://billing.example', 'sec-fetch-site': 'same-origin' }, false],
  ['PATCH', { 'x-requested-with': 'XMLHttpRequest', 'sec-fetch-site': 'same-origin' }, false],
])('%s with %j is from a page of ours: %s', (method, headers, expected) => {
  expect(isFromOwnPage({ method, headers }, PUBLIC)).toBe(expected);
});
