import type { z } from 'zod';
import { auditActions, type AuditAction } from '#contracts/http';
import type { Tx } from '#database';
import { INSERT_EVENT } from './record-audit.queries.ts';

/** The caller of an action, as events name it. */
export interface AuditActor {
  /** Undefined for the plane of the installation. */
  readonly organizationId: string | undefined;
  readonly kind: 'person' | 'key' | 'system';
  /** Undefined for the system alone. */
  readonly id: string | undefined;
  readonly requestId?: string | undefined;
  /** The /24 or /48 of the address: `networkOf`. */
  readonly network?: string | undefined;
}

interface EventOf<A extends AuditAction> {
  readonly action: A;
  readonly target: { readonly kind: (typeof auditActions)[A]['targets'][number]; readonly id: string };
  /** Nothing personal: ids, numbers, codes and instants. */
  readonly details: z.input<(typeof auditActions)[A]['details']>;
  /** ok, unless said otherwise. */
  readonly outcome?: 'ok' | 'denied' | 'failed';
}

/** An action that is put on record, with what its kind holds. */
export type AuditEvent = { [A in AuditAction]: EventOf<A> }[AuditAction];

/**
 * Puts an action on record in the transaction of its effect: either both happen or neither does.
 * @throws ZodError if the details are not those of the action
 */
export async function recordAudit(tx: Tx, actor: AuditActor, event: AuditEvent): Promise<void> {
  const { action, target, details, outcome = 'ok' } = event;
  await INSERT_EVENT.run(tx, {
    organizationId: actor.organizationId ?? null,
    actorKind: actor.kind,
    actorId: actor.id ?? null,
    action,
    targetKind: target.kind,
    targetId: target.id,
    requestId: actor.requestId ?? null,
    network: actor.network ?? null,
    outcome,
    details: JSON.stringify(auditActions[action].details.parse(details)),
  });
}
