import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { z } from 'zod';
import { auditActor, type AuditActor } from '#audit';
import { neededPermission, routes } from '#contracts/http';
import { routeKeyOf } from '#http';
import { currentLogContext } from '#observability';
import type { Principal } from '../principal.ts';
import { callerOf } from './caller.decorator.ts';

interface AddressedRequest {
  /** The client's address, behind trusted proxies too. */
  readonly ip?: string | undefined;
}

/** The caller as events of the audit name it, for what the route does. */
export const Actor = createParamDecorator((_: unknown, context: ExecutionContext): AuditActor => {
  const request = context.switchToHttp().getRequest<AddressedRequest>();
  const principal = callerOf(request);
  if (principal === undefined) throw new Error('a handler of an anonymous route asks for its actor');
  return actorOf(principal, context.getHandler(), request.ip);
});

/** The caller of a handler as events name it. */
export function actorOf(principal: Principal, handler: object, ip: string | undefined): AuditActor {
  const key = routeKeyOf(handler);
  const needed = key === undefined ? undefined : neededPermission(routes[key].access);
  return auditActor(principal, needed, { requestId: requestIdNow(), ip });
}

/** A UUID of any version: a gateway makes them its own way. */
const uuid = z.guid();

/**
 * The UUID under which the request is in the log. A client may choose the text of X-Request-Id, and what is on record
 * stays there: it must not be free text of a stranger.
 */
export function requestIdNow(): string | undefined {
  const { requestId, recordId } = currentLogContext();
  return uuid.safeParse(recordId ?? requestId).data;
}
