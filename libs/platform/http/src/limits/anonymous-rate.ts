import type { IncomingMessage, ServerResponse } from 'node:http';
import { findRoute, routes, type RouteAccess } from '#contracts/http';
import type { ProblemError } from '../problems/problem.ts';
import { networkKey } from './client-address.ts';
import { MemoryRates } from './gcra.ts';
import { rateLimited, tellRate, type NamedRate } from './rate-headers.ts';

interface RoutedRequest extends IncomingMessage {
  /** The client's address, behind trusted proxies too (express). */
  readonly ip?: string | undefined;
}

/** A request with a key or a session that is still to be looked up. */
interface Claim {
  isKnown: boolean;
  isCounted: boolean;
  /** Counts the request in both buckets of its network. The refusal if the bucket of requests is empty. */
  readonly count: () => ProblemError | undefined;
  /** The refusal if the bucket of look-ups is empty. */
  readonly look: () => ProblemError | undefined;
}

const claims = new WeakMap<object, Claim>();

/** A session's cookie begins with this name (RFC 6265bis: only this host, only over TLS or on the loopback). */
const SESSION = '__Host-';
const UNAUTHORIZED = 401;

/**
 * 429 for a network that asks too much without identity. A request has one when its route asks for it, and the guard
 * finds the caller of its key or its session (claimIsKnown); any other header is no identity. Look-ups that found no
 * caller have a bucket of their own, so that requests without a key do not stop a key that is used for the first time.
 */
export function limitAnonymous(rate: NamedRate) {
  const requests = new MemoryRates();
  const lookUps = new MemoryRates();
  return (request: RoutedRequest, response: ServerResponse, next: (error?: unknown) => void): void => {
    const network = networkKey(request.ip);
    const take = (): ProblemError | undefined => {
      const state = requests.take(network, rate);
      if (!response.headersSent) tellRate(response, rate, state);
      return state.isAllowed ? undefined : rateLimited(rate, state);
    };
    if (!hasCredential(request) || !asksForCaller(request)) {
      next(take());
      return;
    }
    const claim: Claim = {
      isKnown: false,
      isCounted: false,
      count: () => {
        lookUps.take(network, rate);
        return take();
      },
      look: () => {
        const state = lookUps.peek(network, rate);
        return state.isAllowed ? undefined : rateLimited(rate, state);
      },
    };
    claims.set(request, claim);
    // The guard counts its refusals itself, also those of a client that is gone before its answer.
    response.once('finish', () => {
      const isAnonymous = !claim.isKnown || response.statusCode === UNAUTHORIZED;
      if (isAnonymous && !claim.isCounted) take();
    });
    next();
  };
}

/** Notes that the key or the session of the request has a caller, so that it does not count as one without identity. */
export function claimIsKnown(request: object): void {
  const claim = claims.get(request);
  if (claim !== undefined) claim.isKnown = true;
}

/**
 * Counts a request whose key or session has no caller.
 * @returns the 429 to answer instead of a 401, when its network has asked too much
 */
export function countUnknownClaim(request: object): ProblemError | undefined {
  const claim = claims.get(request);
  if (claim === undefined) return undefined;
  claim.isCounted = true;
  return claim.count();
}

/** The 429 for a request whose network has had too many keys and sessions looked up that have no caller. */
export function refusalOfLookUp(request: object): ProblemError | undefined {
  const claim = claims.get(request);
  const refusal = claim?.look();
  if (claim !== undefined && refusal !== undefined) claim.isCounted = true;
  return refusal;
}

function hasCredential({ headers }: IncomingMessage): boolean {
  return headers.authorization !== undefined || headers.cookie?.includes(SESSION) === true;
}

function asksForCaller({ method = '', url = '' }: IncomingMessage): boolean {
  const route = findRoute(method, url);
  if (route === undefined) return false;
  const access: RouteAccess = routes[route].access;
  return !('anonymous' in access);
}
