import { neededPermission, type RouteAccess } from '#contracts/http';
import type { ProblemError } from '#http';
import { mayDo, type Principal } from '../principal.ts';
import { peopleAlone, permissionMissing, secondFactorRequired, stepUpRequired } from './refusals.ts';

/** For so long after a proof of all factors, a person may do what is dangerous. */
export const STEP_UP_MS = 10 * 60 * 1_000;

/** Why the caller may not use a route with this access; undefined if it may. */
export function refusalOf(access: RouteAccess, principal: Principal, now: Date): ProblemError | undefined {
  if ('anonymous' in access) return undefined;
  const { session } = principal;
  const permission = neededPermission(access);
  if (permission !== undefined && session?.hasTwoFactors === false) return secondFactorRequired();
  if (permission !== undefined && !mayDo(principal, permission)) return permissionMissing(permission);
  if (session === undefined) return permission === undefined || access.stepUp === true ? peopleAlone() : undefined;
  const isFresh = now.getTime() - session.authTime.getTime() <= STEP_UP_MS;
  return access.stepUp === true && !isFresh ? stepUpRequired(session.methods) : undefined;
}
