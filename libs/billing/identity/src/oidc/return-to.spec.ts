import { expect, test } from 'vitest';
import { returnPath } from './return-to.ts';

test.each([
  [undefined, '/'],
  ['/', '/'],
  ['/batches?status=failed#last', '/batches?status=failed#last'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['/\t/evil.example', '/'],
  ['/\n/evil.example', '/'],
  ['/..//evil.example', '/'],
  ['https://evil.example/', '/'],
  ['javascript:alert(1)', '/'],
  ['evil', '/'],
  ['', '/'],
  [`/${'x'.repeat(3_000)}`, '/'],
  ['/a/../b', '/b'],
])('after a sign-in that asked for %j the browser is at %s', (asked, expected) => {
  expect(returnPath(asked, 'https://billing.example')).toBe(expected);
});
