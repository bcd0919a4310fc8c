export { AccessModule } from './access.module.ts';
export { Caller, callerOf } from './guard/caller.decorator.ts';
export { DEFAULT_ORGANIZATION, makeKey, rotateKey, type KeyRequest, type MadeKey } from './keys/keys.ts';
export { LeakedKeys } from './keys/leaked-keys.ts';
export { listKeys, revokeKey } from './keys/keys.queries.ts';
export { mayDo, type Principal } from './principal.ts';
export { OPERATED_BATCH, OPERATED_LETTER, OWN_BATCH, OWN_ISSUER } from './tenancy/scope.queries.ts';
export { Tenancy } from './tenancy/tenancy.ts';
export type { TenantDb, TenantTx } from './tenancy/tenant.ts';
