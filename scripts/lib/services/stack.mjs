import { cleanStaleRuns, Run } from '../run/run.mjs';
import { UserError } from '../run/user-error.mjs';
import { until } from '../run/wait.mjs';
import { aptInstall, canInstall } from './apt.mjs';
import { dockerRuns, startWithDocker } from './docker.mjs';
import { findPostgres, startPostgresServer } from './postgres.mjs';
import { amqpAnswers, postgresAnswers } from './protocol-probes.mjs';
import { findRabbit, startRabbit } from './rabbitmq.mjs';

/** @typedef {'postgres' | 'rabbitmq'} ServiceName */

/**
 * @typedef {object} Stack
 * @property {string} databaseUrl of a superuser, where the server is our own
 * @property {string} [ownerUrl] of the role that owns the database; undefined for a given server
 * @property {string} rabbitmqUrl
 * @property {string} [brokerUserPrefix] what the names of the apps' users begin with; undefined for a given server
 * @property {string} [managementUrl] RabbitMQ's HTTP API, with user and password
 * @property {string} [prometheusUrl] RabbitMQ's metrics
 * @property {string} [monitorUrl] the same, of a user who may only look
 * @property {Run} run
 * @property {() => Promise<void>} stop stops what this call started, and nothing else
 */

/**
 * Provides PostgreSQL and RabbitMQ, each in this order: the URL in the environment, a running Docker engine, binaries
 * on this machine, Debian packages (as root).
 * @param {{ log: import('../run/log.mjs').Log, run?: Run }} options
 * @returns {Promise<Stack>}
 */
export async function startStack({ log, run: givenRun }) {
  if (givenRun === undefined) await cleanStaleRuns(log);
  const run = givenRun ?? new Run();
  try {
    const services = await provide(run, log);
    return { ...services, run, stop: () => run.stop() };
  } catch (error) {
    await run.stop();
    throw error;
  }
}

/**
 * @param {import('../run/run.mjs').Run} run
 * @param {import('../run/log.mjs').Log} log
 */
async function provide(run, log) {
  const given = {
    postgres: process.env['DATABASE_URL'] || undefined,
    rabbitmq: process.env['RABBITMQ_URL'] || undefined,
  };
  const missing = /** @type {ServiceName[]} */ (['postgres', 'rabbitmq']).filter((name) => given[name] === undefined);
  const startedAt = Date.now();

  const starting = startMissing(run, missing, log);
  await settleAll([
    starting,
    given.postgres === undefined ? undefined : mustAnswer(run, 'DATABASE_URL', given.postgres, 5432, postgresAnswers),
    given.rabbitmq === undefined ? undefined : mustAnswer(run, 'RABBITMQ_URL', given.rabbitmq, 5672, amqpAnswers),
  ]);
  const provided = await starting;
  log.info(`PostgreSQL and RabbitMQ answer (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
  /** @type {import('./rabbitmq.mjs').Broker} */
  const broker = provided.rabbitmq ?? {
    url: given.rabbitmq ?? '',
    ...(process.env['RABBITMQ_MANAGEMENT_URL']
      ? { managementUrl: process.env['RABBITMQ_MANAGEMENT_URL'], monitorUrl: process.env['RABBITMQ_MANAGEMENT_URL'] }
      : {}),
  };
  return {
    databaseUrl: given.postgres ?? provided.postgres?.url ?? '',
    ...(provided.postgres === undefined ? {} : { ownerUrl: provided.postgres.ownerUrl }),
    rabbitmqUrl: broker.url,
    ...(given.rabbitmq === undefined ? { brokerUserPrefix: '' } : {}),
    ...(broker.managementUrl === undefined ? {} : { managementUrl: broker.managementUrl }),
    ...(broker.monitorUrl === undefined ? {} : { monitorUrl: broker.monitorUrl }),
    ...(broker.prometheusUrl === undefined ? {} : { prometheusUrl: broker.prometheusUrl }),
  };
}

/**
 * @param {import('../run/run.mjs').Run} run
 * @param {readonly ServiceName[]} names
 * @param {import('../run/log.mjs').Log} log
 * @returns {Promise<{ postgres?: import('./postgres.mjs').Database, rabbitmq?: import('./rabbitmq.mjs').Broker }>}
 *   those that were asked for
 */
async function startMissing(run, names, log) {
  if (names.length === 0) return {};
  if (await dockerRuns()) {
    log.info(`Starting ${names.map(titleOf).join(' and ')} with Docker …`);
    return startWithDocker(run, names);
  }
  const programs = await requirePrograms(run, names, log);
  log.info(`Starting ${names.map(titleOf).join(' and ')} on free ports …`);
  const postgres = names.includes('postgres') ? startPostgresServer(run, programs.postgres) : undefined;
  const rabbitmq = names.includes('rabbitmq') ? startRabbit(run, programs.rabbitmq) : undefined;
  await settleAll([postgres, rabbitmq]);
  return {
    ...(postgres === undefined ? {} : { postgres: await postgres }),
    ...(rabbitmq === undefined ? {} : { rabbitmq: await rabbitmq }),
  };
}

/**
 * Where the services' programs are on this machine, installed from Debian packages where that is possible.
 * @param {import('../run/run.mjs').Run} run
 * @param {readonly ServiceName[]} names
 * @param {import('../run/log.mjs').Log} log
 * @returns {Promise<Record<ServiceName, string>>} what `findPostgres` and `findRabbit` give
 */
export async function requirePrograms(run, names, log) {
  const find = { postgres: findPostgres, rabbitmq: findRabbit };
  const absent = names.filter((name) => find[name]() === undefined);
  if (absent.length > 0) {
    if (!canInstall()) throw noWay(absent);
    const packages = absent.map((name) => packageOf[name]);
    await run.finishBeforeStop(aptInstall(packages, log));
  }
  return /** @type {Record<ServiceName, string>} */ (Object.fromEntries(names.map((name) => [name, find[name]()])));
}

const packageOf = { postgres: 'postgresql', rabbitmq: 'rabbitmq-server' };
const titleOf = (/** @type {string} */ name) => (name === 'postgres' ? 'PostgreSQL' : 'RabbitMQ');

/** @param {readonly ServiceName[]} names */
function noWay(names) {
  const variable = {
    postgres: 'DATABASE_URL=postgres://user:password@host:5432/database',
    rabbitmq: 'RABBITMQ_URL=amqp://user:password@host:5672/vhost',
  };
  return new UserError(
    [
      `${names.map(titleOf).join(' and ')} not found. Any one of these is enough:`,
      '  - start Docker (with the compose plugin), then run this again;',
      `  - install ${names.map((name) => packageOf[name]).join(' and ')} (on Debian or Ubuntu as root this happens by itself);`,
      `  - use servers that you have: ${names.map((name) => variable[name]).join(' and ')}`,
    ].join('\n'),
  );
}

/**
 * @param {import('../run/run.mjs').Run} run
 * @param {string} variable
 * @param {string} url
 * @param {number} defaultPort
 * @param {(address: { host: string, port: number }) => Promise<boolean>} answers
 */
async function mustAnswer(run, variable, url, defaultPort, answers) {
  const { hostname, port } = parseUrl(variable, url);
  // A TLS-only or proxied server may not answer our plain greeting: then the apps' own drivers decide.
  if (new URL(url).protocol.endsWith('s:') && variable === 'RABBITMQ_URL') return;
  const address = { host: hostname.replaceAll(/[[\]]/g, ''), port: port === '' ? defaultPort : Number(port) };
  await until(() => answers(address), {
    timeoutMs: 30_000,
    intervalMs: 500,
    signal: run.signal,
    what: variable,
    onTimeout: () =>
      new UserError(
        `Nothing usable answers at ${hostname}:${String(address.port)}, which ${variable} names. Start it, or unset ${variable} to have one provided.`,
      ),
  });
}

/**
 * @param {string} variable
 * @param {string} url
 */
function parseUrl(variable, url) {
  try {
    return new URL(url);
  } catch (error) {
    throw new UserError(`${variable} is not a URL`, { cause: error });
  }
}

/**
 * Waits for all, and only then fails if one failed, so that no service starts unnoticed.
 * @param {readonly (Promise<unknown> | undefined)[]} promises
 */
async function settleAll(promises) {
  const begun = promises.filter((each) => each !== undefined);
  for (const result of await Promise.allSettled(begun)) if (result.status === 'rejected') throw result.reason;
}
