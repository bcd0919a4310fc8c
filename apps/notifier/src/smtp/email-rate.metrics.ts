import { Counter, Gauge, type Registry } from 'prom-client';

export interface EmailRateMetrics {
  /** Counts one delivery (1) that starts to wait for the limit, or one (-1) that stops waiting. */
  waiting(change: 1 | -1): void;
  /** Records how long one delivery waited. */
  waited(seconds: number): void;
}

/** Metrics of the time that the rate limit of e-mails costs. */
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
