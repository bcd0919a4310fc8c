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
 * Groups of variables that several apps share, for `z.object({ … })`. .env.example describes each variable with its
 * unit; a test compares the two.
 */

/** PostgreSQL. DATABASE_POOL_MAX limits the connections of this process. */
export const databaseEnvironment = {
  DATABASE_URL: urlOf('postgres:', 'postgresql:'),
  DATABASE_POOL_MAX: intBetween(1, 500, 'connections').default(10),
};

/** RabbitMQ, with the vhost in the path. */
const brokerEnvironment = {
  RABBITMQ_URL: urlOf('amqp:', 'amqps:'),
};

/** Health and metrics, on a port of their own that is not public. */
export const managementEnvironment = {
  MANAGEMENT_HOST: line('a host or address to listen on').default('127.0.0.1'),
  MANAGEMENT_PORT: port().default(0),
};

export const logEnvironment = {
  LOG_LEVEL: oneOf('error', 'warn', 'info', 'debug').default('info'),
};

/** The place of uploads and exports. The S3 keys are optional, because a folder needs none. */
export const storageEnvironment = {
  STORAGE_URL: storageUrl(),
  S3_ACCESS_KEY_ID: line('an access key').optional(),
  S3_SECRET_ACCESS_KEY: line('a secret key').optional(),
};

/** The time that a stopping process waits for its unfinished work. */
export const shutdownEnvironment = {
  SHUTDOWN_GRACE_MS: intBetween(0, 600_000, 'milliseconds').default(25_000),
};

/** The time zone that decides the present date. */
export const timeZoneEnvironment = {
  TIME_ZONE: timeZone().default('America/Sao_Paulo'),
};

/** Sign-in of people. Without OIDC_ISSUER they use no OpenID provider. */
export const identityEnvironment = {
  /** Seals the seeds of second factors. With another value, people must add their authenticator apps again. */
  ENCRYPTION_SECRET: secret(),
  /** Attempts with a password from one network; an account has twice as many an hour. */
  CLIENT_SIGN_INS_PER_MINUTE: intBetween(1, 1_000_000, 'attempts').default(5),
  OIDC_ISSUER: urlOf('http:', 'https:').optional(),
  OIDC_CLIENT_ID: line('the id of a client').optional(),
  /** Without it the client is a public one, which has PKCE alone. */
  OIDC_CLIENT_SECRET: line('the secret of a client').optional(),
  /** Values of the claim `acr` with which the provider says that it has asked for two factors. */
  OIDC_ACR: listOf('values of acr', (text) => text.length > 0 && text.length <= 200).default([]),
  /** Domains of the addresses of people that may sign in with the provider. Empty: any. */
  OIDC_ALLOWED_DOMAINS: listOf('domains such as example.com', (text) => isHost(text) && text.includes('.')).default([]),
};

/** The address on which a server listens, the hosts it serves, and the limits of a client. An app adds HTTP_PORT. */
export const edgeEnvironment = {
  HTTP_HOST: line('a host or address to listen on').default('127.0.0.1'),
  /** The URL of the gateway for clients. Links begin with it. */
  PUBLIC_URL: baseUrl(),
  /** Host names that clients use in addition to those of PUBLIC_URL and of the loopback. */
  HTTP_HOSTS_ALLOWED: listOf('host names or addresses without ports', isHost).default([]),
  /** Proxies whose X-Forwarded-For is trusted. */
  TRUSTED_PROXIES: listOf('addresses or CIDRs', isNetwork).default([]),
  CLIENT_CONNECTIONS_MAX: intBetween(1, 100_000, 'connections').default(100),
};

/** The same of an API behind the gateway. */
export const httpEnvironment = {
  ...edgeEnvironment,
  CLIENT_MISSES_PER_MINUTE: intBetween(1, 1_000_000, 'requests').default(60),
  /** Processes of each API: limits that are kept in memory are divided by it. */
  REPLICAS: intBetween(1, 1_000, 'processes').default(1),
  /** Messages that wait to be published: with more of them, no new work is taken. */
  OUTBOX_DUE_MAX: intBetween(1, 1_000_000, 'messages').default(10_000),
};

/** Outgoing e-mail. */
export const mailEnvironment = {
  SMTP_URL: urlOf('smtp:', 'smtps:'),
  MAIL_FROM: mailbox(),
  SMTP_CONNECTIONS_MAX: intBetween(1, 100, 'connections').default(5),
  /**
   * Limit of the server's silence. RFC 5321, section 4.5.3.2 asks for minutes, because giving up after DATA while the
   * server still scans would send a copy.
   */
  SMTP_TIMEOUT_MS: intBetween(1_000, 600_000, 'ms').default(120_000),
  /** Limit for all replicas together. Without it there is no limit. */
  SMTP_RATE_PER_SECOND: decimalBetween(0.001, 100_000, 'e-mails a second').optional(),
  /** E-mails that may be sent at once after a pause. */
  SMTP_BURST: intBetween(1, 1_000_000, 'e-mails').optional(),
  MESSAGE_ID_DOMAIN: hostName(),
  MESSAGE_ID_SECRET: secret(),
  /** Defaults to true unless the mail server is on the loopback. */
  SMTP_REQUIRE_TLS: flag().optional(),
};

/** Variables that every app reads. */
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
 * Variables that every app with a queue reads. CONCURRENCY is the number of deliveries handled at once. RETRY_DELAYS_MS
 * is the ladder of waits after failures. All processes on one broker must have the same value, because it names the
 * retry queues.
 */
export const workerEnvironment = {
  ...commonEnvironment,
  CONCURRENCY: intBetween(1, 1_000, 'deliveries').optional(),
  RETRY_DELAYS_MS: risingIntegers(1, 86_400_000, 'milliseconds').optional(),
};
