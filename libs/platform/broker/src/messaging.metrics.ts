import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { DURATION_BUCKETS } from '#observability';

/** Buckets in seconds from publishing to the start of work. A backlog makes this minutes or hours. */
const AGE_BUCKETS = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3_600, 14_400];

/** The outcomes of a delivery: see docs/topology.md. */
const DELIVERY_OUTCOMES = ['done', 'retry', 'dead-letter', 'parked'] as const;

const BREAKER_STATES = { closed: 0, 'half-open': 1, open: 2 } as const;

interface DeliveryMetrics {
  /** Records a settled delivery. `outcome` is done, retry, dead-letter or parked. */
  delivered(queue: string, outcome: string, durationSeconds: number): void;
  /** Records a failed delivery with its class: see docs/reliability.md. */
  failed(queue: string, failureClass: string): void;
  /** Records the seconds between publishing and the start of work. */
  age(queue: string, seconds: number): void;
}

interface ConsumerMetrics {
  breaker(queue: string, state: keyof typeof BREAKER_STATES): void;
  consumerActive(queue: string, active: boolean): void;
  /** Records that a consumer received no delivered message and was replaced. */
  consumerDeaf(queue: string): void;
  /** Records that an operator paused or resumed the queue, so that a missing consumer is no fault. */
  stagePaused(queue: string, paused: boolean): void;
}

interface PublisherMetrics {
  /** Records the number of messages sent and not yet confirmed. */
  inFlight(count: number): void;
  /** Records whether the broker refuses to read published messages: a memory or disk alarm. */
  publisherBlocked(blocked: boolean): void;
  /** Records that a mandatory message came back because no queue wanted it. */
  returned(): void;
}

export type MessagingMetrics = DeliveryMetrics & ConsumerMetrics & PublisherMetrics;

/** Rate, errors and duration of each queue that this process consumes, and the state of its publisher. */
export function messagingMetrics(
  registry: Registry,
  queues: readonly string[],
  failureClasses: readonly string[] = [],
): MessagingMetrics {
  return {
    ...deliveryMetrics(registry, queues, failureClasses),
    ...consumerMetrics(registry, queues),
    ...publisherMetrics(registry),
  };
}

function deliveryMetrics(
  registry: Registry,
  queues: readonly string[],
  failureClasses: readonly string[],
): DeliveryMetrics {
  const registers = [registry];
  const duration = new Histogram({
    name: 'billing_message_process_duration_seconds',
    help: 'Time from the start of a delivery to its settlement.',
    labelNames: ['queue', 'outcome'],
    buckets: DURATION_BUCKETS,
    registers,
  });
  const messages = new Counter({
    name: 'billing_messages_total',
    help: 'Deliveries settled.',
    labelNames: ['queue', 'outcome'],
    registers,
  });
  const failures = new Counter({
    name: 'billing_message_failures_total',
    help: 'Deliveries that did not succeed, by class of the failure.',
    labelNames: ['queue', 'class'],
    registers,
  });
  const age = new Histogram({
    name: 'billing_message_age_seconds',
    help: 'Time between publishing and the start of work.',
    labelNames: ['queue'],
    buckets: AGE_BUCKETS,
    registers,
  });
  for (const queue of queues) {
    for (const failureClass of failureClasses) failures.inc({ queue, class: failureClass }, 0);
    age.zero({ queue });
    for (const outcome of DELIVERY_OUTCOMES) {
      duration.zero({ queue, outcome });
      messages.inc({ queue, outcome }, 0);
    }
  }
  return {
    delivered: (queue, outcome, seconds) => {
      duration.observe({ queue, outcome }, seconds);
      messages.inc({ queue, outcome });
    },
    failed: (queue, failureClass) => {
      failures.inc({ queue, class: failureClass });
    },
    age: (queue, seconds) => {
      // The clocks of two machines may differ slightly, but an age is never negative.
      age.observe({ queue }, Math.max(0, seconds));
    },
  };
}

function consumerMetrics(registry: Registry, queues: readonly string[]): ConsumerMetrics {
  const registers = [registry];
  const breaker = new Gauge({
    name: 'billing_breaker_state',
    help: 'The circuit breaker of the stage: 0 closed, 1 half-open, 2 open.',
    labelNames: ['queue'],
    registers,
  });
  const active = new Gauge({
    name: 'billing_consumer_active',
    help: '1 while this process consumes the queue.',
    labelNames: ['queue'],
    registers,
  });
  const deaf = new Counter({
    name: 'billing_consumer_deaf_total',
    help: 'Consumers replaced because they got nothing of what was delivered to them.',
    labelNames: ['queue'],
    registers,
  });
  const paused = new Gauge({
    name: 'billing_stage_paused',
    help: '1 while an operator has paused the queue.',
    labelNames: ['queue'],
    registers,
  });
  for (const queue of queues) {
    active.set({ queue }, 0);
    deaf.inc({ queue }, 0);
    paused.set({ queue }, 0);
    breaker.set({ queue }, 0);
  }
  return {
    breaker: (queue, state) => {
      breaker.set({ queue }, BREAKER_STATES[state]);
    },
    consumerActive: (queue, isActive) => {
      active.set({ queue }, isActive ? 1 : 0);
    },
    consumerDeaf: (queue) => {
      deaf.inc({ queue });
    },
    stagePaused: (queue, isPaused) => {
      paused.set({ queue }, isPaused ? 1 : 0);
    },
  };
}

function publisherMetrics(registry: Registry): PublisherMetrics {
  const registers = [registry];
  const inFlight = new Gauge({
    name: 'billing_publisher_inflight',
    help: 'Messages sent to the broker and not yet confirmed.',
    registers,
  });
  const blocked = new Gauge({
    name: 'billing_publisher_blocked',
    help: '1 while the broker blocks publishers (memory or disk alarm).',
    registers,
  });
  const returned = new Counter({
    name: 'billing_messages_returned_total',
    help: 'Mandatory messages that no queue wanted.',
    registers,
  });
  return {
    inFlight: (count) => {
      inFlight.set(count);
    },
    publisherBlocked: (isBlocked) => {
      blocked.set(isBlocked ? 1 : 0);
    },
    returned: () => {
      returned.inc();
    },
  };
}
