import type { AuditActor } from '#audit';

/** The audit's name for a command at a terminal: it knows the database's owner, and no person. */
export const TERMINAL = { kind: 'system', id: undefined, organizationId: undefined } as const satisfies AuditActor;
