import { Counter, type Registry } from 'prom-client';

export interface BurialMetrics {
  /** A dead letter is kept for a person. */
  buried(queue: string, failureClass: string): void;
  /** A message that no queue took went back to the outbox. */
  returned(): void;
}

/** Counted where letters end, because both a worker and the broker, at its delivery limit, can give one up. */
export function burialMetrics(
  registry: Registry,
  queues: readonly string[],
  failureClasses: readonly string[],
): BurialMetrics {
  const registers = [registry];
  const letters = new Counter({
    name: 'billing_dead_letters_total',
    help: 'Dead letters kept for a person, by class of the last failure.',
    labelNames: ['queue', 'class'],
    registers,
  });
  const returned = new Counter({
    name: 'billing_messages_unroutable_total',
    help: 'Messages that no queue took, each put back into the outbox.',
    registers,
  });
  for (const queue of queues) for (const failureClass of failureClasses) letters.inc({ queue, class: failureClass }, 0);
  return {
    buried: (queue, failureClass) => {
      letters.inc({ queue, class: failureClass });
    },
    returned: () => {
      returned.inc();
    },
  };
}
