import { Counter, Gauge, type Registry } from 'prom-client';

export interface EmailRateMetrics {
  /** One more delivery, or with -1 one less, waits until it may send. */
  waiting(change: 1 | -1): void;
  /** One has waited so long. */
  waited(seconds: number): void;
}

/** What the limit of e-mails in a time costs. */
export function emailRateMetrics(registry: Registry): EmailRateMetrics {
  const registers = [registry];
  const waiting = new Gauge({
    name: 'billing_email_rate_waiting',
    help: 'Deliveries that wait because the limit of e-mails in a time is reached.',
    registers,
  });
  const seconds = new Counter({
    name: 'billing_email_rate_wait_seconds_total',
    help: 'Time that deliveries waited because the limit of e-mails in a time was reached.',
    registers,
  });
  return {
    waiting: (change) => {
      waiting.inc(change);
    },
    waited: (duration) => {
      seconds.inc(duration);
    },
  };
}
