import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { networkOf } from '#audit';
import { neededPermission, routes, type RouteAccess, type RouteKey } from '#contracts/http';
import { claimIsKnown, countUnknownClaim, refusalOfLookUp, routeKeyOf } from '#http';
import { addLogContext } from '#observability';
import { Callers } from '../keys/callers.ts';
import type { Principal } from '../principal.ts';
import { actorOf, requestIdNow } from './actor.decorator.ts';
import { keepCaller, keepSession } from './caller.decorator.ts';
import { Denials } from './denials.ts';
import { keyTextOf, type GuardedRequest } from './find-caller.ts';
import { People, principalOfSession } from './people.ts';
import { refusalOf } from './refusal-of.ts';
import { keyInvalid, signInRequired } from './refusals.ts';

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
    claimIsKnown(request);
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
    const text = keyTextOf(request);
    // In a flood of invented keys nothing is looked up but what was good before: its owner shares the network.
    const wasGood = text === undefined ? this.people.wasGood(request) : this.callers.wasGood(text);
    const tooMany = wasGood ? undefined : refusalOfLookUp(request);
    if (tooMany !== undefined) throw tooMany;
    if (text === undefined) return this.#personOf(request);
    const found = await this.callers.find(text, request.ip);
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
    throw countUnknownClaim(request) ?? refusal;
  }

  async #personOf(request: GuardedRequest): Promise<Principal> {
    const session = await this.people.find(request);
    if (session === undefined) throw countUnknownClaim(request) ?? signInRequired();
    keepSession(request, session);
    return principalOfSession(session);
  }
}
