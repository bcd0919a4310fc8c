import { isPermission, rolePermissions, type Permission, type Role } from '#contracts/http';

/** A key as it was made, with its maker as the organization has that person now. */
export interface MadeKeyFacts {
  readonly scopes: readonly string[];
  readonly issuerIds: readonly string[] | null;
  /** Null for a key that a script made: it is as it was made. */
  readonly madeBy: string | null;
  readonly makerRole: Role | null;
  readonly makerStatus: 'active' | 'suspended' | 'ended' | null;
  readonly makerIssuerIds: readonly string[] | null;
}

/** The part of what a key was made for that it may use. */
export interface UsablePart {
  readonly permissions: readonly Permission[];
  /** Null for all issuers of the organization. */
  readonly issuerIds: readonly string[] | null;
}

/** The scopes and issuers of a key, cut to what its maker has today. A maker that has left leaves nothing. */
export function usableOf(key: MadeKeyFacts): UsablePart {
  const { madeBy, makerRole, makerStatus, makerIssuerIds } = key;
  // A scope that this version does not know opens nothing.
  const given = key.scopes.filter(isPermission);
  if (madeBy === null) return { permissions: given, issuerIds: key.issuerIds };
  if (makerStatus !== 'active' || makerRole === null) return { permissions: [], issuerIds: [] };
  // A role that this version does not know has nothing.
  const has: ReadonlySet<Permission> = new Set(rolePermissions[makerRole]);
  return {
    permissions: given.filter((permission) => has.has(permission)),
    issuerIds: inBoth(key.issuerIds, makerIssuerIds),
  };
}

/** True for a key that may do less than it was made for, because of its maker. */
export function isCut(key: MadeKeyFacts): boolean {
  const { permissions, issuerIds } = usableOf(key);
  return permissions.length < key.scopes.filter(isPermission).length || issuerIds?.length !== key.issuerIds?.length;
}

function inBoth(these: readonly string[] | null, those: readonly string[] | null): readonly string[] | null {
  if (these === null) return those;
  return those === null ? these : these.filter((id) => those.includes(id));
}
