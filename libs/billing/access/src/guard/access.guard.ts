import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { networkOf } from '#audit';
import { neededPermission, routes, type RouteAccess, type RouteKey } from '#contracts/http';
import { ProblemError, routeKeyOf } from '#http';
import { addLogContext } from '#observability';
import { Callers } from '../keys/callers.ts';
import { mayDo, type Principal } from '../principal.ts';
import { actorOf, requestIdNow } from './actor.decorator.ts';
import { keepCaller, keepSession } from './caller.decorator.ts';
import { Denials } from './denials.ts';
import { People, principalOfSession, type BrowserRequest } from './people.ts';
import {
  keyInvalid,
  peopleAlone,
  permissionMissing,
  secondFactorRequired,
  signInRequired,
  stepUpRequired,
} from './refusals.ts';

/** The parts of an express request that the guard reads. */
interface GuardedRequest extends BrowserRequest {
  /** The client's address, behind trusted proxies too. */
  readonly ip?: string | undefined;
}

const BEARER = 'bearer ';
/** For so long after a proof of all factors, a person may do what is dangerous. */
export const STEP_UP_MS = 10 * 60 * 1_000;

/**
 * Asks every request for its caller, and lets it pass if the route table says that this caller may. A handler that is
 * not of the table is refused: deny by default.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    @Inject(Callers) private readonly callers: Callers,
    @Inject(Denials) private readonly denials: Denials,
    @Inject(People) private readonly people: People,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const key = routeKeyOf(context.getHandler());
    if (key === undefined) return false;
    const access: RouteAccess = routes[key].access;
    const request = context.switchToHttp().getRequest<GuardedRequest>();
    // No browser adds an Authorization by itself, so a request that has one was meant.
    if (request.headers.authorization === undefined) this.people.refuseForeignPage(request);
    if ('anonymous' in access) return true;
    const principal = await this.#callerOf(request, key);
    addLogContext({ organizationId: principal.organizationId, callerId: principal.id });
    const refusal = refusalOf(access, principal, new Date());
    if (refusal !== undefined) {
      const actor = actorOf(principal, context.getHandler(), request.ip);
      await this.denials.record(actor, {
        route: key,
        code: refusal.problem.code,
        permission: neededPermission(access),
      });
      throw refusal;
    }
    keepCaller(request, principal);
    return true;
  }

  async #callerOf(request: GuardedRequest, route: RouteKey): Promise<Principal> {
    const { authorization } = request.headers;
    if (authorization === undefined) return this.#personOf(request);
    if (authorization.slice(0, BEARER.length).toLowerCase() !== BEARER) throw keyInvalid();
    const found = await this.callers.find(authorization.slice(BEARER.length), request.ip);
    if ('principal' in found) return found.principal;
    const refusal = keyInvalid();
    if (found.key !== undefined) {
      const { id, organizationId } = found.key;
      addLogContext({ callerId: id, keyTrouble: found.trouble });
      const actor = {
        kind: 'key',
        id,
        organizationId,
        requestId: requestIdNow(),
        network: networkOf(request.ip),
      } as const;
      await this.denials.record(actor, { route, code: refusal.problem.code, reason: found.trouble });
    }
    throw refusal;
  }

  async #personOf(request: GuardedRequest): Promise<Principal> {
    const session = await this.people.find(request);
    if (session === undefined) throw signInRequired();
    keepSession(request, session);
    return principalOfSession(session);
  }
}

/** Why the caller may not use the route; undefined if it may. */
function refusalOf(access: RouteAccess, principal: Principal, now: Date): ProblemError | undefined {
  if ('anonymous' in access) return undefined;
  const { session } = principal;
  const permission = neededPermission(access);
  if (permission !== undefined && session?.hasTwoFactors === false) return secondFactorRequired();
  if (permission !== undefined && !mayDo(principal, permission)) return permissionMissing(permission);
  if (session === undefined) return permission === undefined || access.stepUp === true ? peopleAlone() : undefined;
  const isFresh = now.getTime() - session.authTime.getTime() <= STEP_UP_MS;
  return access.stepUp === true && !isFresh ? stepUpRequired(session.methods) : undefined;
}
