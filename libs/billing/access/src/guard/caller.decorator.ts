import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { SessionFacts } from '#sessions';
import type { Principal } from '../principal.ts';

const callers = new WeakMap<object, Principal>();
const sessions = new WeakMap<object, SessionFacts>();

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

/** Keeps the session of a request for its handler. */
export function keepSession(request: object, session: SessionFacts): void {
  sessions.set(request, session);
}

/** The session of the person that calls, on a route that needs one. */
export const SignedIn = createParamDecorator((_: unknown, context: ExecutionContext): SessionFacts => {
  const session = sessions.get(context.switchToHttp().getRequest<object>());
  if (session === undefined) throw new Error('a handler asks for a session that its route does not need');
  return session;
});
