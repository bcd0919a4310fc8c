import {
  baseUrl,
  decimalBetween,
  flag,
  hostName,
  intBetween,
  isHost,
  isNetwork,
  line,
  listOf,
  mailbox,
  oneOf,
  port,
  risingIntegers,
  secret,
  storageUrl,
  timeZone,
  urlOf,
} from './fields.ts';

/*
 * Groups of variables that several apps share, to be spread into `z.object({ … })`. Each variable is described, with
 * its unit, in .env.example; a test keeps the two in step.
 */

/** PostgreSQL. DATABASE_POOL_MAX counts connections of this process. */
export const databaseEnvironment = {
  DATABASE_URL: urlOf('postgres:', 'postgresql:'),
  DATABASE_POOL_MAX: intBetween(1, 500, 'connections').default(10),
};

/** RabbitMQ, with the vhost in the path. */
export const brokerEnvironment = {
  RABBITMQ_URL: urlOf('amqp:', 'amqps:'),
};

/** Health and metrics, on a port of their own that is not for the public. */
export const managementEnvironment = {
  MANAGEMENT_HOST: line('a host or address to listen on').default('127.0.0.1'),
  MANAGEMENT_PORT: port().default(0),
};

export const logEnvironment = {
  LOG_LEVEL: oneOf('error', 'warn', 'info', 'debug').default('info'),
};

/** Where uploads and exports are kept. The S3 keys are optional: a folder needs none. */
export const storageEnvironment = {
  STORAGE_URL: storageUrl(),
  S3_ACCESS_KEY_ID: line('an access key').optional(),
  S3_SECRET_ACCESS_KEY: line('a secret key').optional(),
};

/** How long a stopping process waits for the work it has begun. */
export const shutdownEnvironment = {
  SHUTDOWN_GRACE_MS: intBetween(0, 600_000, 'milliseconds').default(25_000),
};

/** The wall clock that decides what day it is. */
export const timeZoneEnvironment = {
  TIME_ZONE: timeZone().default('America/Sao_Paulo'),
};

/** Where a server of HTTP listens, whom it answers, and what one client may take. Each app adds HTTP_PORT with its default. */
export const edgeEnvironment = {
  HTTP_HOST: line('a host or address to listen on').default('127.0.0.1'),
  /** The gateway as clients reach it: links begin with it. */
  PUBLIC_URL: baseUrl(),
  /** Host names that clients use besides those of PUBLIC_URL and of the loopback. */
  HTTP_HOSTS_ALLOWED: listOf('host names or addresses without ports', isHost).default([]),
  /** Only their X-Forwarded-For is believed. */
  TRUSTED_PROXIES: listOf('addresses or CIDRs', isNetwork).default([]),
  CLIENT_CONNECTIONS_MAX: intBetween(1, 100_000, 'connections').default(100),
};

/** The same of an API behind the gateway. */
export const httpEnvironment = {
  ...edgeEnvironment,
  CLIENT_MISSES_PER_MINUTE: intBetween(1, 1_000_000, 'requests').default(60),
  /** Messages that wait to be published: with more of them, no new work is taken. */
  OUTBOX_DUE_MAX: intBetween(1, 1_000_000, 'messages').default(10_000),
};

/** Outgoing e-mail. */
export const mailEnvironment = {
  SMTP_URL: urlOf('smtp:', 'smtps:'),
  MAIL_FROM: mailbox(),
  SMTP_CONNECTIONS_MAX: intBetween(1, 100, 'connections').default(5),
  /** Of silence. RFC 5321, 4.5.3.2 asks for minutes: giving up after DATA while the server still scans sends a copy. */
  SMTP_TIMEOUT_MS: intBetween(1_000, 600_000, 'ms').default(120_000),
  /** Of all replicas together; without it there is no limit. */
  SMTP_RATE_PER_SECOND: decimalBetween(0.001, 100_000, 'e-mails a second').optional(),
  /** Sent at once after a pause. */
  SMTP_BURST: intBetween(1, 1_000_000, 'e-mails').optional(),
  MESSAGE_ID_DOMAIN: hostName(),
  MESSAGE_ID_SECRET: secret(),
  /** Without it: true, unless the mail server is on the loopback. */
  SMTP_REQUIRE_TLS: flag().optional(),
};

/** What every app reads. */
export const commonEnvironment = {
  ...databaseEnvironment,
  ...brokerEnvironment,
  ...managementEnvironment,
  ...logEnvironment,
  ...storageEnvironment,
  ...shutdownEnvironment,
  ...timeZoneEnvironment,
};

/**
 * What every app that consumes a queue reads. CONCURRENCY counts deliveries handled at once. RETRY_DELAYS_MS is the
 * ladder of waits after failures; all processes on one broker must agree on it, because it names the retry queues.
 */
export const workerEnvironment = {
  ...commonEnvironment,
  CONCURRENCY: intBetween(1, 1_000, 'deliveries').optional(),
  RETRY_DELAYS_MS: risingIntegers(1, 86_400_000, 'milliseconds').optional(),
};
