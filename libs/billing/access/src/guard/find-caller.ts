import type { Callers } from '../keys/callers.ts';
import type { Principal } from '../principal.ts';
import { principalOfSession, type BrowserRequest, type People } from './people.ts';

/** The parts of an express request that tell its caller. */
export interface GuardedRequest extends BrowserRequest {
  /** The client's address, behind trusted proxies too. */
  readonly ip?: string | undefined;
}

const BEARER = 'bearer ';

/** The text that a request sends as its key; empty for another scheme, undefined without an Authorization. */
export function keyTextOf({ headers: { authorization } }: GuardedRequest): string | undefined {
  if (authorization === undefined) return undefined;
  return authorization.slice(0, BEARER.length).toLowerCase() === BEARER ? authorization.slice(BEARER.length) : '';
}

/**
 * The caller of a request that passed the guard before, as it is now; undefined if its key or its session has ended. A
 * session does not count as used: an open page alone must not keep a person signed in.
 */
export async function findCallerNow(
  request: GuardedRequest,
  { callers, people }: { readonly callers: Callers; readonly people: People },
): Promise<Principal | undefined> {
  const text = keyTextOf(request);
  if (text === undefined) {
    const session = await people.look(request);
    return session && principalOfSession(session);
  }
  const found = await callers.find(text, request.ip);
  return 'principal' in found ? found.principal : undefined;
}
