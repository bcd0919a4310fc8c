import { Counter, type Registry } from 'prom-client';

type EmailOutcome = 'delivered' | 'transient' | 'permanent';
const EMAIL_OUTCOMES: readonly EmailOutcome[] = ['delivered', 'transient', 'permanent'];

export interface EmailMetrics {
  sent(outcome: EmailOutcome): void;
}

export function emailMetrics(registry: Registry): EmailMetrics {
  const sends = new Counter({
    name: 'billing_email_send_total',
    help: 'E-mails handed to the SMTP server, by its answer.',
    labelNames: ['outcome'],
    registers: [registry],
  });
  for (const outcome of EMAIL_OUTCOMES) sends.inc({ outcome }, 0);
  return {
    sent: (outcome) => {
      sends.inc({ outcome });
    },
  };
}
