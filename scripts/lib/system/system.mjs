import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { projectFolder } from '../run/paths.mjs';
import { UserError } from '../run/user-error.mjs';
import { until } from '../run/wait.mjs';
import { derivedPassword, loginAs } from '../services/derived-password.mjs';
import { freePorts } from '../services/ports.mjs';
import { useKey } from './api-key.mjs';

/**
 * A run is one program's own: benchmarks, chaos and probes ask for more in a minute and a day than a client may. Limits
 * of what is open at once, except of uploads, stay as they are.
 */
const runLimits = [
  'requests=100000',
  'uploads=100000',
  'exports=100000',
  'uploadsOpenOfKey=1000',
  'uploadsOpenOfOrganization=1000',
  'files=1000000',
  'rows=1000000000000',
  'emails=1000000000',
  'keptBytes=1000000000000000',
  'exportedBytes=1000000000000000',
  'issuers=1000000',
];

/** The issuer of an upload that names none; `migrate` adds this fictitious company. */
const demoIssuerId = '00000000-0000-4000-8000-0000000000d1';

/**
 * The heap options of the Dockerfile. V8 sizes its heap by the machine's memory and would let an app grow past 300 MB
 * before it collects old garbage. A smaller heap is collected whole more often: with 256 MB the same rows take a
 * seventh more processor time, at the same peak of memory.
 */
export const heapOptions = '--max-semi-space-size=16 --max-old-space-size=512';

/**
 * The options of docker-compose.yml. The validator holds the largest chunks and leaves few objects behind, so a smaller
 * young generation saves 20 MB and costs no time. An upload would take longer with it.
 */
const validatorHeapOptions = '--max-semi-space-size=8 --max-old-space-size=512';

/**
 * @typedef {'upload-api' | 'file-splitter' | 'chunk-validator' | 'boleto-generator' | 'notifier' | 'dispatcher'
 *   | 'billing-api' | 'gateway'} AppName
 */

/**
 * Every app that stays up, in the order of the flow.
 * @type {readonly AppName[]}
 */
export const appNames = [
  'upload-api',
  'file-splitter',
  'chunk-validator',
  'boleto-generator',
  'notifier',
  'dispatcher',
  'billing-api',
  'gateway',
];

/** Apps that need no broker: the APIs publish through the outbox, and the gateway only forwards. */
/** @type {ReadonlySet<string | undefined>} */
const httpApps = new Set(['upload-api', 'billing-api', 'gateway']);

/** The apps that take messages or hand them on, in the order of the flow. */
export const workerNames = appNames.filter((name) => !httpApps.has(name));

/**
 * The role of an app. Its password is derived from the owner's: two systems on one server make it with the same one.
 * @param {AppName} app
 */
function roleOf(app) {
  return `billing_${app.replaceAll('-', '_')}`;
}

/** The apps that have a role of the database: all but the gateway. */
const databaseApps = appNames.filter((name) => name !== 'gateway');

/** Connections of all processes of one app together: of every system on one server of ours. */
const roleConnectionsMax = 100;

/**
 * @typedef {object} SystemOptions
 * @property {import('../run/run.mjs').Run} run
 * @property {string} databaseUrl
 * @property {string} [ownerUrl] The schema is of that role, and the apps connect to `databaseUrl` as roles of their own
 *   that `migrate` makes; without it they all are one role.
 * @property {string} rabbitmqUrl
 * @property {string} [brokerUserPrefix] The apps connect to the broker as users of their own, whose names begin with it
 *   and whose passwords are derived from that of `rabbitmqUrl`; without it they all are one user.
 * @property {Readonly<Record<string, string>>} [environment] added to that of every app
 */

/**
 * The apps and the mail sink as processes of their own, on free ports, against given services. Starts nothing by
 * itself.
 */
export class System {
  /** @type {Map<AppName, import('../run/run.mjs').Child>} */ #apps = new Map();
  #options;
  /** @type {Readonly<Record<string, number | undefined>>} */ #ports;
  #smtpPassword = randomBytes(16).toString('hex');
  /** The key of this run's own requests; undefined before `makeKey`. @type {string | undefined} */ apiKey;
  /** The secret and domain of this run's Message-IDs, so that a script finds the e-mails of a boleto. */
  messageIds = { secret: randomBytes(32).toString('hex'), domain: 'smart-billing.example' };

  /** @param {SystemOptions} options */
  static async create(options) {
    const ports = await freePorts(appNames.length + 5);
    return new System(options, ports);
  }

  /**
   * @private use create
   * @param {SystemOptions} options
   * @param {number[]} ports
   */
  constructor(options, ports) {
    const [gateway, upload, billing, smtp, mailPage, ...management] = ports;
    this.#options = options;
    this.#ports = { 'upload-api': upload, 'billing-api': billing, gateway, smtp, mailPage };
    /** The one address of the system. */
    this.url = `http://127.0.0.1:${String(gateway)}`;
    this.uploadApiUrl = `http://127.0.0.1:${String(upload)}`;
    this.billingApiUrl = `http://127.0.0.1:${String(billing)}`;
    this.mailUrl = `http://127.0.0.1:${String(mailPage)}`;
    this.smtpUrl = `smtp://billing:${this.#smtpPassword}@127.0.0.1:${String(smtp)}`;
    this.mailbox = join(options.run.folder, 'mailbox');
    this.storageFolder = join(options.run.folder, 'storage');
    /** Health and metrics of each app. @type {Readonly<Record<AppName, string>>} */
    this.managementUrls = /** @type {Record<AppName, string>} */ (
      Object.fromEntries(appNames.map((name, index) => [name, `http://127.0.0.1:${String(management[index])}`]))
    );
  }

  /** The sink answers when this is done. */
  async startMailSink() {
    const { smtp, mailPage } = this.#ports;
    mkdirSync(this.mailbox, { recursive: true, mode: 0o700 });
    const args = ['--folder', this.mailbox, '--smtp-port', String(smtp), '--http-port', String(mailPage)];
    const env = { ...process.env, MAIL_SINK_USER: 'billing', MAIL_SINK_PASSWORD: this.#smtpPassword };
    const child = this.#spawn('mail-sink', [join(projectFolder, 'scripts', 'mail-sink.mjs'), ...args], env);
    await this.#untilUp(child, `${this.mailUrl}/messages.json?size=1`, 20_000);
    return child;
  }

  /**
   * Brings the database's schema up to date, adds the demo issuer, grants the apps' roles what they need, and makes the
   * key of this run.
   */
  async migrate() {
    const child = this.#spawn('migrate', [entryPoint('migrate')], this.#migrationEnvironment());
    const code = await child.exited;
    this.#options.run.signal.throwIfAborted();
    if (code !== 0) throw new UserError(`The migration failed:\n${child.tail()}`);
    await this.#command('limits', 'default', ...runLimits);
    this.carryKey(await this.#command('key', '--name', 'npm start', '--kind', 'test', '--days', '30'));
  }

  /**
   * From now on, requests of this process to the system carry the key, which its database has.
   * @param {string} apiKey
   */
  carryKey(apiKey) {
    this.apiKey = apiKey;
    for (const url of [this.url, this.uploadApiUrl, this.billingApiUrl]) useKey(url, apiKey);
  }

  /**
   * Runs a command of `migrate` and returns its output. It comes by a pipe, because the output of `#spawn` is kept in
   * a log.
   * @param {...string} args
   */
  async #command(...args) {
    const { signal } = this.#options.run;
    const { stdout } = await promisify(execFile)(process.execPath, [entryPoint('migrate'), ...args], {
      cwd: projectFolder,
      env: this.#migrationEnvironment(),
      signal,
    });
    return stdout.trim();
  }

  /**
   * The link with which the first person makes an account; undefined when there is one. It comes by a pipe, as the key.
   * @returns {Promise<string | undefined>}
   */
  async setupLink() {
    const link = await this.#command('setup-link');
    return link === '' ? undefined : link;
  }

  /**
   * Starts an app, without waiting for it. One that is running is left alone.
   * @param {AppName} name
   */
  start(name) {
    const running = this.#apps.get(name);
    if (running !== undefined && running.ended() === undefined) return running;
    const child = this.#spawn(name, [entryPoint(name)], this.#environment(name));
    this.#apps.set(name, child);
    return child;
  }

  /**
   * Starts one more process of an app, beside the first and on its own ports. The system neither waits for it nor
   * counts it.
   * @param {AppName} name
   * @param {string} label names its log
   * @param {Readonly<Record<string, string>>} [environment] differs from that of the first
   */
  startAnother(name, label, environment = {}) {
    const env = { ...this.#environment(name), MANAGEMENT_PORT: '0', HTTP_PORT: '0', ...environment };
    return this.#spawn(label, [entryPoint(name)], env);
  }

  /** Waits until the apps that were started are ready; tells at once when one died. */
  async ready({ timeoutMs = 60_000 } = {}) {
    await Promise.all(
      [...this.#apps].map(([name, child]) =>
        this.#untilUp(child, `${this.managementUrls[name]}/health/ready`, timeoutMs),
      ),
    );
  }

  /** The sink, the schema, all apps: ready when this is done. */
  async startAll() {
    this.#options.run.addTemporary(this.storageFolder);
    await Promise.all([this.startMailSink(), this.migrate()]);
    for (const name of appNames) this.start(name);
    await this.ready();
  }

  /** @returns {import('../run/run.mjs').Child | undefined} an app that ended without being stopped */
  deadApp() {
    return [...this.#apps.values()].find((child) => child.ended() !== undefined);
  }

  /**
   * @param {string} name
   * @param {readonly string[]} args
   * @param {NodeJS.ProcessEnv} env
   */
  #spawn(name, args, env) {
    return this.#options.run.spawn(name, process.execPath, args, { cwd: projectFolder, env });
  }

  #migrationEnvironment() {
    const { databaseUrl, ownerUrl } = this.#options;
    if (ownerUrl === undefined) return { ...this.#environment(), DATABASE_URL: databaseUrl, SEED_DEMO_ISSUER: 'true' };
    const passwords = databaseApps.map((app) => [
      `${app.replaceAll('-', '_').toUpperCase()}_DATABASE_PASSWORD`,
      derivedPassword(ownerUrl, roleOf(app)),
    ]);
    return {
      ...this.#environment(),
      ...Object.fromEntries(passwords),
      DATABASE_URL: ownerUrl,
      DATABASE_ROLE_CONNECTIONS_MAX: String(roleConnectionsMax),
      SEED_DEMO_ISSUER: 'true',
    };
  }

  /** @param {AppName} [name] */
  #databaseUrlOf(name) {
    const { databaseUrl, ownerUrl } = this.#options;
    if (name === 'gateway') return '';
    return name === undefined || ownerUrl === undefined ? databaseUrl : loginAs(databaseUrl, ownerUrl, roleOf(name));
  }

  /**
   * Derived from the database's password: what is sealed in a database can be opened by the next run too.
   */
  #encryptionSecret() {
    const { databaseUrl, ownerUrl = databaseUrl } = this.#options;
    return derivedPassword(ownerUrl, 'ENCRYPTION_SECRET');
  }

  /** @param {AppName} [name] */
  #brokerUrlOf(name) {
    const { rabbitmqUrl, brokerUserPrefix } = this.#options;
    if (name === undefined || httpApps.has(name)) return '';
    return brokerUserPrefix === undefined
      ? rabbitmqUrl
      : loginAs(rabbitmqUrl, rabbitmqUrl, `${brokerUserPrefix}${name}`);
  }

  /** @param {AppName} [name] */
  #environment(name) {
    const { environment = {} } = this.#options;
    const management = name === undefined ? '0' : new URL(this.managementUrls[name]).port;
    return {
      ...process.env,
      NODE_OPTIONS: [process.env['NODE_OPTIONS'], name === 'chunk-validator' ? validatorHeapOptions : heapOptions]
        .filter(Boolean)
        .join(' '),
      DATABASE_URL: this.#databaseUrlOf(name),
      // Set to nothing where it is not needed: an app cannot tell what it does not know.
      RABBITMQ_URL: this.#brokerUrlOf(name),
      MANAGEMENT_HOST: '127.0.0.1',
      MANAGEMENT_PORT: management,
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: String((name === undefined ? undefined : this.#ports[name]) ?? 0),
      PUBLIC_URL: this.url,
      UPLOAD_API_URL: this.uploadApiUrl,
      BILLING_API_URL: this.billingApiUrl,
      // The gateway is the client of the two APIs, on the loopback; it says for which client it asks.
      ...(name === 'gateway' ? {} : { TRUSTED_PROXIES: '127.0.0.1' }),
      STORAGE_URL: pathToFileURL(this.storageFolder).href,
      DEFAULT_ISSUER_ID: demoIssuerId,
      // One person tries this out: there is no second person to approve an issuer.
      FOUR_EYES: 'off',
      ...(name === 'notifier' ? this.#mailEnvironment() : {}),
      ...environment,
      // Only billing-api gets these.
      ENCRYPTION_SECRET: name === 'billing-api' ? this.#encryptionSecret() : '',
      RABBITMQ_MANAGEMENT_URL: name === 'billing-api' ? (environment['RABBITMQ_MANAGEMENT_URL'] ?? '') : '',
    };
  }

  #mailEnvironment() {
    return {
      SMTP_URL: this.smtpUrl,
      MAIL_FROM: 'Smart Billing <cobranca@smart-billing.example>',
      MESSAGE_ID_DOMAIN: this.messageIds.domain,
      MESSAGE_ID_SECRET: this.messageIds.secret,
    };
  }

  /**
   * @param {import('../run/run.mjs').Child} child
   * @param {string} url
   * @param {number} timeoutMs
   */
  async #untilUp(child, url, timeoutMs) {
    let last = 'no answer';
    const { signal } = this.#options.run;
    await until(
      async () => {
        if (child.ended() !== undefined) throw new UserError(`${child.name} ended at start:\n${child.tail()}`);
        const response = await fetch(url, { signal }).catch(() => undefined);
        if (response !== undefined) last = `${String(response.status)} ${await response.text()}`;
        return response?.ok;
      },
      {
        timeoutMs,
        intervalMs: 150,
        signal,
        what: child.name,
        onTimeout: () =>
          new UserError(
            `${child.name} is not ready after ${String(timeoutMs / 1000)} s (${last}). Its last lines:\n${child.tail()}`,
          ),
      },
    );
  }
}

/** @param {string} app */
export function entryPoint(app) {
  const path = join(projectFolder, 'dist', 'apps', app, 'src', 'main.js');
  if (!existsSync(path)) throw new UserError(`${path} does not exist: run \`npm run build\``);
  return path;
}
