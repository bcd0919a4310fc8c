import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Of a delivery's or a request's work, in seconds. */
const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** From publishing to the start of work, in seconds: a backlog makes this minutes or hours. */
const AGE_BUCKETS = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3_600, 14_400];

/** What a delivery can come to: see docs/topology.md. */
const DELIVERY_OUTCOMES = ['done', 'retry', 'dead-letter', 'parked'] as const;

const BREAKER_STATES = { closed: 0, 'half-open': 1, open: 2 } as const;

export type RowOutcome = 'accepted' | 'duplicate' | 'rejected' | 'dead';
const ROW_OUTCOMES: readonly RowOutcome[] = ['accepted', 'duplicate', 'rejected', 'dead'];

export type EmailOutcome = 'delivered' | 'transient' | 'permanent';
const EMAIL_OUTCOMES: readonly EmailOutcome[] = ['delivered', 'transient', 'permanent'];

/** The process's own registry, with Node's default metrics and `billing_build_info`. Labels never hold ids. */
export function createMetrics({ service, version }: { service: string; version: string }): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'billing_build_info',
    help: 'Always 1; the labels say what runs.',
    labelNames: ['service', 'version'],
    registers: [registry],
  }).set({ service, version }, 1);
  return registry;
}

export interface MessagingMetrics {
  /** One delivery was settled; `outcome` is done, retry, dead-letter or parked. */
  delivered(queue: string, outcome: string, durationSeconds: number): void;
  /** A delivery did not succeed, of which class: see docs/reliability.md. */
  failed(queue: string, failureClass: string): void;
  breaker(queue: string, state: 'closed' | 'half-open' | 'open'): void;
  /** Time between publishing and the start of work. */
  age(queue: string, seconds: number): void;
  consumerActive(queue: string, active: boolean): void;
  /** A consumer had got nothing of what the broker delivered to it, and was replaced. */
  consumerDeaf(queue: string): void;
  /** Somebody paused the queue: that nobody consumes it is no fault. */
  stagePaused(queue: string, paused: boolean): void;
  /** Messages sent and not yet confirmed. */
  inFlight(count: number): void;
  /** The broker refuses to read what we publish: a memory or disk alarm. */
  publisherBlocked(blocked: boolean): void;
  /** A mandatory message came back: no queue wanted it. */
  returned(): void;
}

/** Rate, errors and duration of each queue that this process consumes, and the state of its publisher. */
export function messagingMetrics(
  registry: Registry,
  queues: readonly string[],
  failureClasses: readonly string[] = [],
): MessagingMetrics {
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
  const breaker = new Gauge({
    name: 'billing_breaker_state',
    help: 'The circuit breaker of the stage: 0 closed, 1 half-open, 2 open.',
    labelNames: ['queue'],
    registers,
  });
  const age = new Histogram({
    name: 'billing_message_age_seconds',
    help: 'Time between publishing and the start of work.',
    labelNames: ['queue'],
    buckets: AGE_BUCKETS,
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
    help: '1 while somebody has paused the queue.',
    labelNames: ['queue'],
    registers,
  });
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
  for (const queue of queues) {
    active.set({ queue }, 0);
    deaf.inc({ queue }, 0);
    paused.set({ queue }, 0);
    breaker.set({ queue }, 0);
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
    breaker: (queue, state) => {
      breaker.set({ queue }, BREAKER_STATES[state]);
    },
    age: (queue, seconds) => {
      // Clocks of two machines may disagree by a little; an age is never negative.
      age.observe({ queue }, Math.max(0, seconds));
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

/** Asked at every scrape: what /health/ready says, as a number. */
export function readinessMetric(registry: Registry, isReady: () => Promise<boolean>): void {
  const ready = new Gauge({
    name: 'billing_ready',
    help: '1 while /health/ready answers 200: database and broker are there, and the process is not stopping.',
    registers: [],
    async collect() {
      this.set((await isReady()) ? 1 : 0);
    },
  });
  registry.registerMetric(ready);
}

export interface BurialMetrics {
  /** A dead letter is kept for a person. */
  buried(queue: string, failureClass: string): void;
  /** A message that no queue took went back to the outbox. */
  returned(): void;
}

/** Counted where letters end, whoever gave them up: a worker, or the broker at its delivery limit. */
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

export interface WatchdogMetrics {
  /** A message was lost, and is published again. */
  announcedAgain(name: string): void;
  /** Of those that were, how many are missing all the same, by name. */
  missing(counts: readonly { readonly name: string; readonly n: number }[]): void;
}

export function watchdogMetrics(registry: Registry, names: readonly string[]): WatchdogMetrics {
  const registers = [registry];
  const again = new Counter({
    name: 'billing_messages_lost_total',
    help: 'Messages whose work was not done and that were found nowhere: each was published again.',
    labelNames: ['name'],
    registers,
  });
  const missing = new Gauge({
    name: 'billing_messages_missing',
    help: 'Messages that were published again and are missing all the same.',
    labelNames: ['name'],
    registers,
  });
  for (const name of names) {
    again.inc({ name }, 0);
    missing.set({ name }, 0);
  }
  return {
    announcedAgain: (name) => {
      again.inc({ name });
    },
    missing: (counts) => {
      for (const name of names) missing.set({ name }, counts.find((count) => count.name === name)?.n ?? 0);
    },
  };
}

export interface RowMetrics {
  /** `count` rows of a chunk ended so. May count a redelivered chunk twice; the database never does. */
  rows(outcome: RowOutcome, count: number): void;
}

/** The funnel of rows at one stage: `validate`, `issue`. */
export function rowMetrics(registry: Registry, stage: string): RowMetrics {
  const rows = new Counter({
    name: 'billing_rows_total',
    help: 'Rows by what became of them at a stage.',
    labelNames: ['stage', 'outcome'],
    registers: [registry],
  });
  for (const outcome of ROW_OUTCOMES) rows.inc({ stage, outcome }, 0);
  return {
    rows: (outcome, count) => {
      rows.inc({ stage, outcome }, count);
    },
  };
}

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

/** Why a connection is refused before there is a request to measure. */
const REFUSED_CONNECTIONS = [
  'CLIENT_CONNECTIONS',
  'HEADERS_TOO_LARGE',
  'PAYLOAD_TOO_LARGE',
  'PIPELINED',
  'REQUEST_MALFORMED',
  'REQUEST_TIMEOUT',
] as const;

export interface HttpMetrics {
  request(method: string, route: string, status: number, seconds: number): void;
  /** `reason` is one of REFUSED_CONNECTIONS: a fixed code, nothing that a client sent. */
  refused(reason: string): void;
}

/** `route` is the template (`/v1/batches/:id`), never the path that was asked for. */
export function httpMetrics(registry: Registry): HttpMetrics {
  const duration = new Histogram({
    name: 'billing_http_request_duration_seconds',
    help: 'Time from the arrival of a request to the end of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: DURATION_BUCKETS,
    registers: [registry],
  });
  const refused = new Counter({
    name: 'billing_http_refused_connections_total',
    help: 'Connections that were refused before there was a request, by reason.',
    labelNames: ['reason'],
    registers: [registry],
  });
  for (const reason of REFUSED_CONNECTIONS) refused.inc({ reason }, 0);
  return {
    refused: (reason) => {
      refused.inc({ reason });
    },
    request: (method, route, status, seconds) => {
      duration.observe({ method, route, status: status.toString() }, seconds);
    },
  };
}

/** The part of pg's Pool that is measured. */
export interface PoolCounts {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
}

/** Connections of the PostgreSQL pool, read when scraped; `pool` is undefined until the database was reached. */
export function poolMetrics(registry: Registry, pool: () => PoolCounts | undefined): void {
  const registers = [registry];
  const gauge = (name: string, help: string, count: (counts: PoolCounts) => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        const counts = pool();
        this.set(counts === undefined ? 0 : count(counts));
      },
    });
  gauge('billing_pg_pool_total', 'Connections to PostgreSQL.', (counts) => counts.totalCount);
  gauge('billing_pg_pool_idle', 'Connections that nobody uses.', (counts) => counts.idleCount);
  gauge('billing_pg_pool_waiting', 'Requests that wait for a connection.', (counts) => counts.waitingCount);
}
