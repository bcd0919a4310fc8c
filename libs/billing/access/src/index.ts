export { AccessModule } from './access.module.ts';
export { Caller, callerOf } from './guard/caller.decorator.ts';
export { DEFAULT_ORGANIZATION, makeKey, rotateKey, type KeyRequest, type MadeKey } from './keys/keys.ts';
export { hashOfKey, isKeyText } from './keys/key-text.ts';
export { listKeys, revokeKey, revokeKeyByHash } from './keys/keys.queries.ts';
export { mayDo, type Principal } from './principal.ts';
export { OpenPlaces, type PlacesOptions } from './limits/open-places.ts';
export { checkExportQuota, checkRoomFor, checkUploadQuotas, type Limited } from './limits/quotas.ts';
export { countSignIn } from './limits/shared-rate.ts';
