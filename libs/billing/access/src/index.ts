export { AccessModule } from './access.module.ts';
export { STEP_UP_MS } from './guard/access.guard.ts';
export { Caller, callerOf, SignedIn } from './guard/caller.decorator.ts';
export { DEFAULT_ORGANIZATION, makeKey, rotateKey, type KeyRequest, type MadeKey } from './keys/keys.ts';
export { hashOfKey, isKeyText } from './keys/key-text.ts';
export { listKeys, lockKey, networksOf, revokeKey, revokeKeyByHash, type ListedKey } from './keys/keys.queries.ts';
export { mayDo, type PersonSession, type Principal } from './principal.ts';
