export { AccessModule } from './access.module.ts';
export { Actor, requestIdNow } from './guard/actor.decorator.ts';
export { CallerWatch } from './guard/caller-watch.ts';
export { Caller, SignedIn } from './guard/caller.decorator.ts';
export type { GuardedRequest } from './guard/find-caller.ts';
export { STEP_UP_MS } from './guard/refusal-of.ts';
export { DEFAULT_ORGANIZATION, makeKey, rotateKey, type KeyRequest, type MadeKey } from './keys/keys.ts';
export { LeakedKeys } from './keys/leaked-keys.ts';
export { keysOfMaker, listKeys, lockKey, networksOf, revokeKey, type ListedKey } from './keys/keys.queries.ts';
export { isCut, usableOf } from './keys/maker.ts';
export { OpenPlaces, type PlacesOptions } from './limits/open-places.ts';
export {
  checkExportQuota,
  checkRoomFor,
  checkRoomForMember,
  checkUploadQuotas,
  lockMemberCount,
  type Limited,
} from './limits/quotas.ts';
export { countSignIn } from './limits/shared-rate.ts';
export { listOrganizations, type Organization } from './organizations/organization.queries.ts';
export { changeOrganization, createOrganization } from './organizations/organizations.ts';
export { mayDo, type PersonSession, type Principal } from './principal.ts';
export { OPERATED_BATCH, OPERATED_LETTER, OWN_BATCH, OWN_ISSUER } from './tenancy/scope.queries.ts';
export { Tenancy } from './tenancy/tenancy.ts';
export type { TenantDb, TenantTx } from './tenancy/tenant.ts';
