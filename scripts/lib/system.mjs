import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectFolder } from './paths.mjs';
import { freePorts } from './ports.mjs';
import { UserError } from './user-error.mjs';
import { until } from './wait.mjs';

/** Whose debts an upload holds that does not say; `migrate` adds this fictitious company. */
const demoIssuerId = '00000000-0000-4000-8000-0000000000d1';

/**
 * As in the Dockerfile. V8 sizes its heap by the machine's memory and would let an app grow past 300 MB before it
 * collects what the app has long let go of. It also lets a small heap grow by less before it collects all of it again: with
 * 256 MB the same rows take a seventh more processor time, at the same peak of memory.
 */
export const heapOptions = '--max-semi-space-size=16 --max-old-space-size=512';

/** As in docker-compose.yml. It has the largest chunks in hand and leaves few objects behind: 20 MB less, for no time. An upload would take longer. */
const validatorHeapOptions = '--max-semi-space-size=8 --max-old-space-size=512';

/** Every app that stays up, in the order of the flow. */
export const appNames = [
  'upload-api',
  'file-splitter',
  'chunk-validator',
  'boleto-generator',
  'notifier',
  'outbox-relay',
  'receivables-api',
];

/**
 * The apps and the mail sink as processes of their own, on free ports, against given services. Starts nothing by itself.
 */
export class System {
  /** @type {Map<string, import('./run.mjs').Child>} */ #apps = new Map();
  #options;
  #ports;
  #smtpPassword = randomBytes(16).toString('hex');

  /**
   * @param {{ run: import('./run.mjs').Run, databaseUrl: string, rabbitmqUrl: string, environment?: Record<string, string> }} options
   * `environment` is added to that of every app
   */
  static async create(options) {
    const ports = await freePorts(appNames.length + 4);
    return new System(options, ports);
  }

  /** @private use create */
  constructor(options, ports) {
    const [upload, receivables, smtp, mailPage, ...management] = ports;
    this.#options = options;
    this.#ports = { upload, receivables, smtp, mailPage };
    this.uploadApiUrl = `http://127.0.0.1:${String(upload)}`;
    this.receivablesApiUrl = `http://127.0.0.1:${String(receivables)}`;
    this.mailUrl = `http://127.0.0.1:${String(mailPage)}`;
    this.smtpUrl = `smtp://billing:${this.#smtpPassword}@127.0.0.1:${String(smtp)}`;
    this.mailbox = join(options.run.folder, 'mailbox');
    this.storageFolder = join(options.run.folder, 'storage');
    /** @type {Record<string, string>} health and metrics of each app */
    this.managementUrls = Object.fromEntries(
      appNames.map((name, index) => [name, `http://127.0.0.1:${String(management[index])}`]),
    );
  }

  /** The sink answers when this is done. */
  async startMailSink() {
    const { smtp, mailPage } = this.#ports;
    mkdirSync(this.mailbox, { recursive: true });
    const args = ['--folder', this.mailbox, '--smtp-port', String(smtp), '--http-port', String(mailPage)];
    const env = { ...process.env, MAIL_SINK_USER: 'billing', MAIL_SINK_PASSWORD: this.#smtpPassword };
    const child = this.#spawn('mail-sink', [join(projectFolder, 'scripts', 'mail-sink.mjs'), ...args], env);
    await this.#untilUp(child, `${this.mailUrl}/messages.json?size=1`, 20_000);
    return child;
  }

  /** Brings the database's schema up to date and adds the demo issuer. */
  async migrate() {
    const child = this.#spawn('migrate', [entryPoint('migrate')], { ...this.#environment(), SEED_DEMO_ISSUER: 'true' });
    const code = await child.exited;
    this.#options.run.signal.throwIfAborted();
    if (code !== 0) throw new UserError(`The migration failed:\n${child.tail()}`);
  }

  /**
   * Starts an app, without waiting for it. One that is running is left alone.
   * @param {string} name
   */
  start(name) {
    const running = this.#apps.get(name);
    if (running !== undefined && running.ended() === undefined) return running;
    const child = this.#spawn(name, [entryPoint(name)], this.#environment(name));
    this.#apps.set(name, child);
    return child;
  }

  /**
   * Starts one more process of an app, beside the first and on ports of its own. Nobody waits for it or counts it.
   * @param {string} name
   * @param {string} label names its log
   */
  startAnother(name, label) {
    const env = { ...this.#environment(name), MANAGEMENT_PORT: '0', HTTP_PORT: '0' };
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

  /** @returns {import('./run.mjs').Child | undefined} an app that ended although nobody stopped it */
  deadApp() {
    return [...this.#apps.values()].find((child) => child.ended() !== undefined);
  }

  #spawn(name, args, env) {
    return this.#options.run.spawn(name, process.execPath, args, { cwd: projectFolder, env });
  }

  #environment(name) {
    const { databaseUrl, rabbitmqUrl, environment = {} } = this.#options;
    const management = name === undefined ? '0' : new URL(this.managementUrls[name]).port;
    return {
      ...process.env,
      NODE_OPTIONS: [process.env.NODE_OPTIONS, name === 'chunk-validator' ? validatorHeapOptions : heapOptions]
        .filter(Boolean)
        .join(' '),
      DATABASE_URL: databaseUrl,
      RABBITMQ_URL: rabbitmqUrl,
      MANAGEMENT_HOST: '127.0.0.1',
      MANAGEMENT_PORT: management,
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: String(name === 'upload-api' ? this.#ports.upload : this.#ports.receivables),
      UPLOAD_API_URL: this.uploadApiUrl,
      RECEIVABLES_API_URL: this.receivablesApiUrl,
      STORAGE_URL: pathToFileURL(this.storageFolder).href,
      DEFAULT_ISSUER_ID: demoIssuerId,
      SMTP_URL: this.smtpUrl,
      MAIL_FROM: 'Smart Billing <cobranca@smart-billing.example>',
      MESSAGE_ID_DOMAIN: 'smart-billing.example',
      ...environment,
    };
  }

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

function entryPoint(app) {
  const path = join(projectFolder, 'dist', 'apps', app, 'src', 'main.js');
  if (!existsSync(path)) throw new UserError(`${path} does not exist: run \`npm run build\``);
  return path;
}
