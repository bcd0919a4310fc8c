import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { neededPermission, routes, type RouteAccess } from '#contracts/http';
import { ProblemError, routeKeyOf } from '#http';
import { addLogContext } from '#observability';
import { Callers } from '../keys/callers.ts';
import { mayDo, type Principal } from '../principal.ts';
import { keepCaller } from './caller.decorator.ts';
import { keyInvalid, peopleAlone, permissionMissing, signInRequired } from './refusals.ts';

/** The parts of an express request that the guard reads. */
interface GuardedRequest {
  readonly headers: { readonly authorization?: string | undefined };
  /** The client's address, behind trusted proxies too. */
  readonly ip?: string | undefined;
}

const BEARER = 'bearer ';

/**
 * Asks every request for its caller, and lets it pass if the route table says that this caller may. A handler that is
 * not of the table is refused: deny by default.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(@Inject(Callers) private readonly callers: Callers) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const key = routeKeyOf(context.getHandler());
    if (key === undefined) return false;
    const access: RouteAccess = routes[key].access;
    if ('anonymous' in access) return true;
    const request = context.switchToHttp().getRequest<GuardedRequest>();
    const principal = await this.#callerOf(request);
    addLogContext({ organizationId: principal.organizationId, callerId: principal.id });
    const refusal = refusalOf(access, principal);
    if (refusal !== undefined) throw refusal;
    keepCaller(request, principal);
    return true;
  }

  async #callerOf({ headers: { authorization }, ip }: GuardedRequest): Promise<Principal> {
    if (authorization === undefined) throw signInRequired();
    if (authorization.slice(0, BEARER.length).toLowerCase() !== BEARER) throw keyInvalid();
    const found = await this.callers.find(authorization.slice(BEARER.length), ip);
    if ('principal' in found) return found.principal;
    if (found.key !== undefined) addLogContext({ callerId: found.key.id, keyTrouble: found.trouble });
    throw keyInvalid();
  }
}

/** Why the caller may not use the route; undefined if it may. */
export function refusalOf(access: RouteAccess, principal: Principal): ProblemError | undefined {
  if ('anonymous' in access) return undefined;
  const permission = neededPermission(access);
  if (permission !== undefined && !mayDo(principal, permission)) return permissionMissing(permission);
  if ((permission === undefined || access.stepUp === true) && principal.session === undefined) return peopleAlone();
  return undefined;
}
