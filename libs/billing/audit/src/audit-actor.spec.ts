import { expect, test } from 'vitest';
import { rolePermissions, type Permission } from '#contracts/http';
import { auditActor, planesOf } from './audit-actor.ts';

const ORGANIZATION = '00000000-0000-4000-8000-000000000001';
const ID = '0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e';

test.each([
  ['viewer', ['organization']],
  ['operator', ['organization']],
  ['admin', ['organization']],
  ['auditor', ['organization']],
  ['platform', ['platform']],
] as const)('a %s acts in the plane %j', (role, planes) => {
  expect(planesOf(new Set<Permission>(rolePermissions[role]))).toEqual(planes);
});

test('a key for the audit alone reads that of its organization, and one for both planes both', () => {
  expect(planesOf(new Set(['audit:read']))).toEqual(['organization']);
  expect(planesOf(new Set(['batches:read', 'stages:read']))).toEqual(['organization', 'platform']);
});

function organizationOf(permissions: readonly Permission[], needed: Permission | undefined): string | undefined {
  const caller = { kind: 'key', id: ID, organizationId: ORGANIZATION, permissions: new Set(permissions) } as const;
  return auditActor(caller, needed, { requestId: 'request-1', ip: '203.0.113.7' }).organizationId;
}

test('what needs a permission of the platform is an event of the installation', () => {
  expect(organizationOf(['batches:write', 'stages:act'], 'stages:act')).toBeUndefined();
  expect(organizationOf(['batches:write', 'stages:act'], 'batches:write')).toBe(ORGANIZATION);
});

test('what both planes may do is an event of the plane of the caller', () => {
  expect(organizationOf(rolePermissions.operator, 'deadletters:act')).toBe(ORGANIZATION);
  expect(organizationOf(rolePermissions.platform, 'deadletters:act')).toBeUndefined();
  expect(organizationOf(rolePermissions.admin, undefined)).toBe(ORGANIZATION);
});

test('an actor has no address, but its network', () => {
  const caller = { kind: 'key', id: ID, organizationId: ORGANIZATION, permissions: new Set<Permission>() } as const;
  expect(auditActor(caller, 'batches:read', { requestId: undefined, ip: '203.0.113.7' })).toEqual({
    kind: 'key',
    id: ID,
    organizationId: ORGANIZATION,
    requestId: undefined,
    network: '203.0.113.0/24',
  });
});
