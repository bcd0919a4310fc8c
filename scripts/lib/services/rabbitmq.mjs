import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findProgram, isProgram, lastLines, run as runCommand, versionedFolders } from '../run/commands.mjs';
import { signalGroup } from '../run/processes.mjs';
import { until } from '../run/wait.mjs';
import { readDefinitions } from './broker-users.mjs';
import { derivedPassword } from './derived-password.mjs';
import { freePorts } from './ports.mjs';
import { amqpAnswers } from './protocol-probes.mjs';
import { dataFolder, serviceUser } from './service-user.mjs';

const brokerVhost = 'billing';
const adminUser = 'admin';
const monitorUser = 'monitor';
export const enabledPlugins = '[rabbitmq_management,rabbitmq_prometheus].\n';

/**
 * rabbitmq.conf of the local broker. Its users come with the definitions, so there is no guest.
 * @param {{ definitions: string, host: string, amqpPort: number, managementPort: number, prometheusPort: number }}
 *   options
 */
export function brokerConfiguration({ definitions, host, amqpPort, managementPort, prometheusPort }) {
  return `${[
    `listeners.tcp.local = ${host}:${String(amqpPort)}`,
    `management.tcp.ip = ${host}`,
    `management.tcp.port = ${String(managementPort)}`,
    `prometheus.tcp.ip = ${host}`,
    `prometheus.tcp.port = ${String(prometheusPort)}`,
    `load_definitions = ${definitions}`,
    'heartbeat = 30',
    'channel_max = 128',
    'consumer_timeout = 1800000',
    'vm_memory_high_watermark.relative = 0.4',
    'disk_free_limit.absolute = 256MB',
    'log.console = true',
    'log.console.level = info',
    'log.file = false',
  ].join('\n')}\n`;
}

/** Passwords of the administrator and of the monitor. Those of the apps are derived from the first. */
export function brokerPasswords() {
  return { monitor: newPassword(), admin: newPassword() };
}

function newPassword() {
  return randomBytes(16).toString('hex');
}

/**
 * @param {string} variable the password of an app's user
 * @returns {string} the app
 */
function appOf(variable) {
  return variable
    .replace(/_RABBITMQ_PASSWORD$/, '')
    .toLowerCase()
    .replaceAll('_', '-');
}

/**
 * @param {ReturnType<typeof brokerPasswords>} passwords
 * @returns {string} definitions.json, with the vhost and the users
 */
export function brokerDefinitions({ monitor, admin }) {
  /** @type {Readonly<Record<string, string>>} */
  const values = {
    RABBITMQ_ADMIN_USER: adminUser,
    RABBITMQ_ADMIN_PASSWORD: admin,
    RABBITMQ_MONITOR_PASSWORD: monitor,
  };
  return readDefinitions().replaceAll(
    /@([A-Z_]+)@/g,
    (_, variable) => values[variable] ?? derivedPassword(`amqp://${adminUser}:${admin}@host`, appOf(variable)),
  );
}

/**
 * @param {ReturnType<typeof brokerPasswords>} passwords
 * @param {{ host: string, amqp: number, management: number, prometheus: number }} at
 */
export function brokerUrls(passwords, { host, amqp, management, prometheus }) {
  const managementOf = (/** @type {string} */ user, /** @type {string} */ password) =>
    `http://${user}:${password}@${host}:${String(management)}`;
  return {
    url: `amqp://${adminUser}:${passwords.admin}@${host}:${String(amqp)}/${brokerVhost}`,
    managementUrl: managementOf(adminUser, passwords.admin),
    monitorUrl: managementOf(monitorUser, passwords.monitor),
    prometheusUrl: `http://${host}:${String(prometheus)}/metrics`,
  };
}

/**
 * @typedef {object} Broker
 * @property {string} url of an administrator; the apps have users of their own
 * @property {string} [managementUrl] with the user and password of an administrator
 * @property {string} [monitorUrl] the same, of a user who may only look
 * @property {string} [prometheusUrl]
 */

/**
 * The program itself, not Debian's wrapper of it, which goes through `su` and ignores our settings.
 * @returns {string | undefined}
 */
export function findRabbit() {
  const sbins = ['/usr/lib/rabbitmq/lib', '/usr/local/lib/rabbitmq/lib'].flatMap((folder) =>
    versionedFolders(folder, /^rabbitmq_server-/).map((each) => join(each, 'sbin')),
  );
  const folders = [...sbins, '/usr/lib/rabbitmq/bin', '/opt/homebrew/sbin', '/usr/local/sbin', '/usr/sbin'];
  const inPath = findProgram('rabbitmq-server');
  const candidates = [
    ...folders.map((folder) => join(folder, 'rabbitmq-server')),
    ...(inPath === undefined ? [] : [inPath]),
  ];
  return candidates.find((path) => isProgram(path) && !readFileSync(path, 'utf8').includes('su rabbitmq'));
}

/**
 * Starts a RabbitMQ of our own, with its own epmd, on free ports of 127.0.0.1.
 * @param {import('../run/run.mjs').Run} run
 * @param {string} program
 * @returns {Promise<Broker>}
 */
export async function startRabbit(run, program) {
  const { url, managementUrl, monitorUrl, prometheusUrl } = await startRabbitServer(run, program);
  return { url, managementUrl, monitorUrl, prometheusUrl };
}

/**
 * @typedef {object} BrokerServer
 * @property {string} url of an administrator
 * @property {string} managementUrl with the user and password of an administrator
 * @property {string} monitorUrl the same, of a user who may only look
 * @property {string} prometheusUrl
 * @property {() => Promise<void>} kill SIGKILL
 * @property {() => Promise<void>} start again, on the same ports and data
 * @property {(...args: string[]) => Promise<string>} control runs rabbitmqctl and gives what it wrote
 */

/**
 * The same, as a server that can be killed and started again.
 * @param {import('../run/run.mjs').Run} run
 * @param {string} program
 * @returns {Promise<BrokerServer>}
 */
export async function startRabbitServer(run, program) {
  const user = serviceUser('rabbitmq');
  const folder = dataFolder(run, 'rabbitmq', user);
  const passwords = brokerPasswords();
  const [amqpPort, managementPort, prometheusPort, distributionPort, epmdPort] = await freePorts(5);
  const host = '127.0.0.1';
  const definitions = join(folder, 'definitions.json');
  writeSettings(folder, user, {
    configuration: brokerConfiguration({ definitions, host, amqpPort, managementPort, prometheusPort }),
    definitions: brokerDefinitions(passwords),
  });

  const env = rabbitEnvironment({ run, folder, distributionPort, epmdPort });
  const options = { ...user, cwd: folder, env };
  await startEpmd(run, options, epmdPort);
  /** @type {import('../run/run.mjs').Child} */ let child;
  const start = async () => {
    child = run.spawn('rabbitmq', program, [], options);
    await until(
      async () => {
        if (child.ended() !== undefined) throw new Error(`RabbitMQ ended at start:\n${child.tail(30)}`);
        // The listener opens last, after the plugins.
        return amqpAnswers({ host, port: amqpPort });
      },
      { timeoutMs: 120_000, signal: run.signal, what: `RabbitMQ (log: ${child.logFile})` },
    );
  };
  const kill = async () => {
    signalGroup(child.pid, 'SIGKILL');
    await child.exited;
  };
  const control = async (/** @type {string[]} */ ...args) => {
    const { code, output } = await runCommand(join(dirname(program), 'rabbitmqctl'), args, options);
    if (code !== 0) throw new Error(`rabbitmqctl ${args.join(' ')} failed:\n${lastLines(output)}`);
    return output;
  };
  await start();
  return {
    ...brokerUrls(passwords, { host, amqp: amqpPort, management: managementPort, prometheus: prometheusPort }),
    kill,
    start,
    control,
  };
}

/**
 * @param {string} folder
 * @param {import('./service-user.mjs').Ids | undefined} user
 * @param {{ configuration: string, definitions: string }} options
 */
function writeSettings(folder, user, { configuration, definitions }) {
  const files = {
    'rabbitmq.conf': configuration,
    'definitions.json': definitions,
    'advanced.config': '[].\n',
    'rabbitmq-env.conf': '',
    enabled_plugins: enabledPlugins,
    '.erlang.cookie': randomBytes(20).toString('hex'),
  };
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    writeFileSync(path, content, { mode: name === '.erlang.cookie' ? 0o400 : 0o600 });
    if (user !== undefined) chownSync(path, user.uid, user.gid);
  }
}

/**
 * @param {{ run: import('../run/run.mjs').Run, folder: string, distributionPort: number, epmdPort: number }} options
 */
function rabbitEnvironment({ run, folder, distributionPort, epmdPort }) {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(RABBITMQ_|ERL_|NOTIFY_SOCKET)/.test(name));
  return {
    ...Object.fromEntries(inherited),
    HOME: folder,
    ERL_EPMD_PORT: String(epmdPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    ERL_CRASH_DUMP: '/dev/null',
    RUNNING_UNDER_SYSTEMD: 'true', // the script then becomes the broker instead of waiting for it
    RABBITMQ_CONF_ENV_FILE: join(folder, 'rabbitmq-env.conf'),
    RABBITMQ_NODENAME: `sb${run.uniqueName}@localhost`,
    RABBITMQ_DIST_PORT: String(distributionPort),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
    RABBITMQ_ADVANCED_CONFIG_FILE: join(folder, 'advanced.config'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
    RABBITMQ_MNESIA_BASE: join(folder, 'data'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    RABBITMQ_PID_FILE: join(folder, 'pid'),
  };
}

/**
 * Erlang's name server, which Erlang would otherwise start as a daemon that outlives us.
 * @param {import('../run/run.mjs').Run} run
 * @param {import('../run/run.mjs').SpawnOptions} options
 * @param {number} port
 */
async function startEpmd(run, options, port) {
  const program = findEpmd();
  if (program === undefined) {
    throw new Error(
      'RabbitMQ needs Erlang, and its epmd program was not found: install Erlang (erlang-base on Debian)',
    );
  }
  const child = run.spawn('epmd', program, ['-port', String(port), '-address', '127.0.0.1'], options);
  await until(
    () => {
      if (child.ended() !== undefined) throw new Error(`epmd ended at start:\n${child.tail()}`);
      return reachable(port);
    },
    { timeoutMs: 10_000, intervalMs: 20, signal: run.signal, what: 'epmd' },
  );
}

function findEpmd() {
  const erl = findProgram('erl');
  const beside = erl === undefined ? [] : [dirname(realpathSync(erl))];
  const runtimes = ['/usr/lib/erlang', '/opt/homebrew/lib/erlang', '/usr/local/lib/erlang'].flatMap((folder) =>
    versionedFolders(folder, /^erts-/).map((each) => join(each, 'bin')),
  );
  const path = findProgram('epmd', [...beside, ...runtimes]);
  return path !== undefined && existsSync(path) ? path : undefined;
}

/** @param {number} port */
async function reachable(port) {
  const { connect } = await import('node:net');
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
