import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Principal } from '../principal.ts';

const callers = new WeakMap<object, Principal>();

/** Keeps the caller of a request for its handler. */
export function keepCaller(request: object, principal: Principal): void {
  callers.set(request, principal);
}

/** The caller of a request; undefined on a route that needs no identity. */
export function callerOf(request: object): Principal | undefined {
  return callers.get(request);
}

/** The caller, as the guard has found it. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const principal = callers.get(context.switchToHttp().getRequest<object>());
  if (principal === undefined) throw new Error('a handler of an anonymous route asks for its caller');
  return principal;
});
