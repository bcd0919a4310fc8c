import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { keyPermissions } from '#contracts/http';
import { DEFAULT_ORGANIZATION } from './keys/keys.ts';
import type { Principal } from './principal.ts';
import { Tenancy } from './tenancy/tenancy.ts';

/** A caller with every permission that a key may have, in the default organization. */
export function testCaller(overrides: Partial<Principal> = {}): Principal {
  return {
    kind: 'key',
    id: randomUUID(),
    name: 'tests',
    organizationId: DEFAULT_ORGANIZATION,
    issuerIds: null,
    permissions: new Set(keyPermissions),
    limits: {},
    ...overrides,
  };
}

/** The way of controllers to a test's database. */
export function testTenancy(dataSource: DataSource): Tenancy {
  return new Tenancy(dataSource);
}
