import { expect, test } from 'vitest';
import { keyPermissions, roles } from '#contracts/http';
import { isCut, usableOf, type MadeKeyFacts } from './maker.ts';

const ONE = '00000000-0000-4000-8000-0000000000c1';
const TWO = '00000000-0000-4000-8000-0000000000c2';

const KEY: MadeKeyFacts = {
  scopes: ['batches:read', 'batches:write', 'audit:read'],
  issuerIds: null,
  madeBy: '00000000-0000-4000-8000-0000000000f1',
  makerRole: 'admin',
  makerStatus: 'active',
  makerIssuerIds: null,
};

test('a key of an active admin may do all that it was made for', () => {
  expect(usableOf(KEY)).toEqual({ permissions: KEY.scopes, issuerIds: null });
  expect(isCut(KEY)).toBe(false);
});

test.each([
  ['biller', ['batches:read', 'batches:write']],
  ['viewer', ['batches:read']],
  ['auditor', ['batches:read', 'audit:read']],
  ['platform', ['audit:read']],
] as const)('a key of a maker that is a %s now may do %j', (makerRole, permissions) => {
  const key = { ...KEY, makerRole };
  expect(usableOf(key).permissions).toEqual(permissions);
  expect(isCut(key)).toBe(true);
});

test.each(['suspended', 'ended', null] as const)('a key of a maker that is %s may do nothing', (makerStatus) => {
  const key = { ...KEY, makerStatus };
  expect(usableOf(key)).toEqual({ permissions: [], issuerIds: [] });
  expect(isCut(key)).toBe(true);
});

test('a key that a script made stays as it was made', () => {
  const key = { ...KEY, madeBy: null, makerRole: null, makerStatus: null };
  expect(usableOf(key)).toEqual({ permissions: KEY.scopes, issuerIds: null });
  expect(isCut(key)).toBe(false);
});

test.each([
  [null, [ONE], [ONE], true],
  [[ONE], null, [ONE], false],
  [[ONE, TWO], [TWO], [TWO], true],
  [[ONE], [TWO], [], true],
])('of a key for the issuers %j, a maker of the issuers %j leaves %j', (issuerIds, makerIssuerIds, left, isLess) => {
  const key = { ...KEY, makerIssuerIds, issuerIds };
  expect(usableOf(key).issuerIds).toEqual(left);
  expect(isCut(key)).toBe(isLess);
});

test('a scope that no permission has opens nothing, and is no cut', () => {
  const key = { ...KEY, scopes: [...KEY.scopes, 'gold:write'] };
  expect(usableOf(key).permissions).toEqual(KEY.scopes);
  expect(isCut(key)).toBe(false);
});

test.each(roles)('no key of a %s may do what the person may not', (makerRole) => {
  const { permissions } = usableOf({ ...KEY, scopes: keyPermissions, makerRole });
  const all = usableOf({ ...KEY, scopes: keyPermissions, madeBy: null }).permissions;
  expect(all).toEqual(expect.arrayContaining([...permissions]));
  expect(permissions.length).toBeLessThan(all.length);
});
