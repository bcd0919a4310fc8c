import type { ServerResponse } from 'node:http';
import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { limits, rateOf, routes, type LimitSpec, type RouteSpec } from '#contracts/http';
import { MemoryRates, networkKey, rateLimited, REPLICAS, routeKeyOf, tellRate } from '#http';
import { callerOf } from '../guard/caller.decorator.ts';
import type { Principal } from '../principal.ts';
import { takeShared } from './shared-rate.ts';

interface CountedRequest {
  /** The client's address, behind trusted proxies too. */
  readonly ip?: string | undefined;
}

/**
 * Counts a request after the guard has found its caller: in memory for every route, in the database for those that the
 * route table names a limit for. The answer tells what is left.
 */
@Injectable()
export class LimitGuard implements CanActivate {
  readonly #rates = new MemoryRates();

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(REPLICAS) private readonly replicas: number,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<CountedRequest>();
    const response = http.getResponse<ServerResponse>();
    const principal = callerOf(request);
    if (principal !== undefined) {
      const rate = rateOf('requests', principal.limits, 1 / this.replicas);
      const state = this.#rates.take(principal.id, rate);
      tellRate(response, rate, state);
      if (!state.isAllowed) throw rateLimited(rate, state);
    }
    const key = routeKeyOf(context.getHandler());
    const route: RouteSpec | undefined = key === undefined ? undefined : routes[key];
    if (route?.limit === undefined) return true;
    const spec: LimitSpec = limits[route.limit];
    const caller = counted(spec, principal, request.ip);
    const { rate, state } = await takeShared(this.dataSource.manager, route.limit, { caller, own: principal?.limits });
    tellRate(response, rate, state);
    if (!state.isAllowed) throw rateLimited(rate, state);
    return true;
  }
}

/** The caller by which the limit of a route counts. */
function counted({ by }: LimitSpec, principal: Principal | undefined, ip: string | undefined): string {
  if (by === 'key' && principal !== undefined) return principal.id;
  if (by === 'organization' && principal !== undefined) return principal.organizationId;
  return networkKey(ip);
}
