export { auditActor, planesOf } from './audit-actor.ts';
export { networkOf } from './network.ts';
export { recordAudit, type AuditActor, type AuditEvent } from './record-audit.ts';
export { sealEvents, type Sealed } from './seal-events.ts';
export { unsealedEvents } from './seal.queries.ts';
