import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, lastLines, run as runCommand } from '../run/commands.mjs';
import { projectFolder } from '../run/paths.mjs';
import { until } from '../run/wait.mjs';
import { databaseAt, databasePasswords, ownerStatements, postgresArguments, postgresEnvironment } from './postgres.mjs';
import { amqpAnswers, postgresAnswers } from './protocol-probes.mjs';
import { brokerConfiguration, brokerDefinitions, brokerPasswords, brokerUrls, enabledPlugins } from './rabbitmq.mjs';

const ports = { postgres: [5432], rabbitmq: [5672, 15672, 15692] };

/** @typedef {import('./stack.mjs').ServiceName} ServiceName */
/** A service and its image. @typedef {[ServiceName, string]} ImageOf */

/** True if a Docker engine runs here with the compose plugin. Answers within seconds. */
export async function dockerRuns() {
  if (findProgram('docker') === undefined) return false;
  const answers = await Promise.all([
    runCommand('docker', ['info', '--format', '{{.ServerVersion}}'], { timeoutMs: 5000 }),
    runCommand('docker', ['compose', 'version'], { timeoutMs: 5000 }),
  ]);
  return answers.every(({ code }) => code === 0);
}

/**
 * The services of docker-compose.yml that are asked for, in the versions it names, on free ports and with throw-away
 * data, so that they never collide with a stack started by `docker compose up`.
 * @param {import('../run/run.mjs').Run} run
 * @param {readonly ServiceName[]} names
 * @returns {Promise<{ postgres?: import('./postgres.mjs').Database, rabbitmq?: import('./rabbitmq.mjs').Broker }>}
 */
export async function startWithDocker(run, names) {
  const [database, broker] = [databasePasswords(), brokerPasswords()];
  const folder = join(run.folder, 'compose');
  mkdirSync(folder);
  run.addTemporary(folder);
  const file = join(folder, 'compose.json');
  writeFileSync(file, JSON.stringify(composition(imagesInCompose(names), { database, broker }, folder), undefined, 2), {
    mode: 0o600,
  });

  const project = ['compose', '-p', `smart-billing-${run.uniqueName}`];
  run.addUndo('docker', [...project, 'down', '--volumes', '--timeout', '20']);
  const compose = [...project, '-f', file];
  await docker([...compose, 'up', '-d', '--quiet-pull'], { signal: run.signal });
  const portOf = async (/** @type {string} */ name, /** @type {number} */ port) => {
    const { stdout } = await docker([...compose, 'port', name, String(port)]);
    return Number(stdout.trim().split(':').at(-1));
  };
  return {
    ...(names.includes('postgres') ? { postgres: await postgresOf(run, portOf, database) } : {}),
    ...(names.includes('rabbitmq') ? { rabbitmq: await rabbitOf(run, portOf, broker) } : {}),
  };
}

/**
 * Read as text, because `docker compose config` wants every password of the whole stack before it says anything.
 * @param {readonly ServiceName[]} names
 * @returns {ImageOf[]}
 */
export function imagesInCompose(names) {
  const text = readFileSync(join(projectFolder, 'docker-compose.yml'), 'utf8');
  return names.map((name) => {
    const image = new RegExp(`^  ${name}:\\n    image: *(\\S+)`, 'm').exec(text)?.[1];
    if (image === undefined) throw new Error(`docker-compose.yml names no image for ${name}`);
    return /** @type {ImageOf} */ ([name, image]);
  });
}

/**
 * A compose file is YAML, and JSON is YAML.
 * @param {readonly ImageOf[]} imagesOf
 * @param {{ database: ReturnType<typeof databasePasswords>, broker: ReturnType<typeof brokerPasswords> }} passwords
 * @param {string} folder
 */
export function composition(imagesOf, { database, broker }, folder) {
  const definitions = '/etc/rabbitmq/definitions.json';
  const configuration = {
    definitions,
    host: '0.0.0.0',
    amqpPort: 5672,
    managementPort: 15_672,
    prometheusPort: 15_692,
  };
  writeFileSync(join(folder, 'rabbitmq.conf'), brokerConfiguration(configuration), { mode: 0o644 });
  writeFileSync(join(folder, 'definitions.json'), brokerDefinitions(broker), { mode: 0o644 });
  writeFileSync(join(folder, 'owner.sql'), ownerStatements(database.owner), { mode: 0o644 });
  writeFileSync(join(folder, 'enabled_plugins'), enabledPlugins, { mode: 0o644 });
  const own = {
    postgres: {
      command: [
        'postgres',
        ...postgresArguments,
        '-c',
        'listen_addresses=*',
        '-c',
        'unix_socket_directories=/var/run/postgresql',
      ],
      environment: {
        POSTGRES_USER: 'postgres',
        POSTGRES_PASSWORD: database.superuser,
        POSTGRES_DB: 'billing',
        ...postgresEnvironment,
      },
      shm_size: '512m',
      volumes: [`${join(folder, 'owner.sql')}:/docker-entrypoint-initdb.d/owner.sql:ro`],
    },
    rabbitmq: {
      hostname: 'rabbitmq',
      volumes: ['rabbitmq.conf', 'definitions.json', 'enabled_plugins'].map(
        (name) => `${join(folder, name)}:/etc/rabbitmq/${name}:ro`,
      ),
    },
  };
  const services = imagesOf.map(([name, image]) => [
    name,
    { image, ...own[name], ports: ports[name].map((port) => `127.0.0.1::${String(port)}`) },
  ]);
  return { services: Object.fromEntries(services) };
}

/**
 * @param {import('../run/run.mjs').Run} run
 * @param {(name: string, port: number) => Promise<number>} portOf
 * @param {ReturnType<typeof databasePasswords>} passwords
 */
async function postgresOf(run, portOf, passwords) {
  const port = await portOf('postgres', 5432);
  const address = { host: '127.0.0.1', port };
  await until(() => postgresAnswers(address), { timeoutMs: 120_000, signal: run.signal, what: 'PostgreSQL in Docker' });
  return databaseAt(port, passwords);
}

/**
 * @param {import('../run/run.mjs').Run} run
 * @param {(name: string, port: number) => Promise<number>} portOf
 * @param {ReturnType<typeof brokerPasswords>} passwords
 */
async function rabbitOf(run, portOf, passwords) {
  const [amqp, management, prometheus] = await Promise.all([
    portOf('rabbitmq', 5672),
    portOf('rabbitmq', 15_672),
    portOf('rabbitmq', 15_692),
  ]);
  const address = { host: '127.0.0.1', port: amqp };
  await until(() => amqpAnswers(address), { timeoutMs: 120_000, signal: run.signal, what: 'RabbitMQ in Docker' });
  return brokerUrls(passwords, { host: '127.0.0.1', amqp, management, prometheus });
}

/**
 * @param {readonly string[]} args
 * @param {{ signal?: AbortSignal }} [options]
 */
async function docker(args, options = {}) {
  const result = await runCommand('docker', args, options);
  options.signal?.throwIfAborted();
  if (result.code !== 0) throw new Error(`docker ${args.join(' ')} failed:\n${lastLines(result.output)}`);
  return result;
}
