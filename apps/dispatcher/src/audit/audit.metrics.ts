import { Gauge, type Registry } from 'prom-client';

export interface AuditMetrics {
  /** Events that no seal has, and the age of the oldest. */
  unsealed(waiting: number, oldestSeconds: number): void;
}

export function auditMetrics(registry: Registry): AuditMetrics {
  const registers = [registry];
  const waiting = new Gauge({
    name: 'billing_audit_unsealed_events',
    help: 'Events of the audit that no seal has yet.',
    registers,
  });
  const oldest = new Gauge({
    name: 'billing_audit_unsealed_oldest_seconds',
    help: 'Age of the oldest event of the audit that no seal has, 0 when there is none.',
    registers,
  });
  return {
    unsealed: (count, oldestSeconds) => {
      waiting.set(count);
      oldest.set(Math.max(0, oldestSeconds));
    },
  };
}
