import { Gauge, type Registry } from 'prom-client';

export interface OutboxMetrics {
  /** Rows waiting to be published, and the age of the oldest one that is due. */
  backlog(pending: number, oldestSeconds: number): void;
}

export function outboxMetrics(registry: Registry): OutboxMetrics {
  const registers = [registry];
  const pending = new Gauge({ name: 'billing_outbox_pending', help: 'Messages waiting in the outbox.', registers });
  const oldest = new Gauge({
    name: 'billing_outbox_oldest_pending_seconds',
    help: 'Age of the oldest due message in the outbox, 0 when there is none.',
    registers,
  });
  return {
    backlog: (count, oldestSeconds) => {
      pending.set(count);
      oldest.set(Math.max(0, oldestSeconds));
    },
  };
}
