import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Run } from '../../scripts/lib/run/run.mjs';
import { System, appNames, heapOptions, workerNames } from '../../scripts/lib/system/system.mjs';
import { signalOne } from '../../scripts/lib/run/processes.mjs';
import { BrokerApi } from './broker-api.mjs';
import { Database } from './database.mjs';
import { ChaosProxy } from './proxy.mjs';

/** Apps that take messages or hand them on, so that they can die in the middle of the work. */
export const workers = workerNames;

/** Small chunks and a short ladder: many messages, and a run takes seconds. */
const environment = {
  CHUNK_BYTES: '8192',
  RETRY_DELAYS_MS: '200,500,1000,2000,5000',
  RELAY_POLL_MS: '50',
  DATABASE_POOL_MAX: '6',
  SHUTDOWN_GRACE_MS: '10000',
};

const heartbeatSeconds = 2;

let worlds = 0;

/**
 * The whole system in a database, a vhost and a folder of its own, behind proxies. Its apps are started again whenever
 * they die.
 */
export class World {
  /** @type {Map<string, import('../../scripts/lib/run/run.mjs').Child>} */ #apps = new Map();
  /** Exits of apps that the harness did not cause. @type {string[]} */ #unexpected = [];
  /** Pids that the harness killed or stopped. */ #doomed = new Set();
  /** Apps that are away, each with the promise that it waits for. @type {Map<string, Promise<void>>} */ #away =
    new Map();
  /** Steps to run when the database is gone. @type {(() => Promise<void> | void)[]} */ #undo = [];
  /** Apps that are left out. @type {ReadonlySet<string>} */ #without = new Set();
  /** @type {Promise<void> | undefined} */ #stopping;

  /**
   * @param {import('./services.mjs').Services} services @param {Run} parent stops the world when it stops
   * @param {import('./template.mjs').Template} template
   */
  static async create(services, parent, template) {
    worlds += 1;
    const name = `${template.name}_${String(worlds)}`;
    const world = new World(services, name, new Run());
    world.parent = parent;
    parent.signal.addEventListener('abort', () => void world.stop());
    parent.addCleanup(() => world.stop());
    const vhostUrl = new URL(services.rabbitmq.url);
    const brokerUser = decodeURIComponent(vhostUrl.username);
    await Promise.all([world.database.create(template.name), world.broker.createVhost(brokerUser)]);
    vhostUrl.pathname = `/${name}`;
    vhostUrl.searchParams.set('heartbeat', String(heartbeatSeconds));
    world.databaseProxy = await ChaosProxy.to(world.database.url);
    world.brokerProxy = await ChaosProxy.to(vhostUrl.href);
    world.system = await System.create({
      run: world.run,
      databaseUrl: world.databaseProxy.url,
      ...(template.makesRoles ? { ownerUrl: world.database.url } : {}),
      rabbitmqUrl: world.brokerProxy.url,
      environment: world.environment,
    });
    world.mailProxy = await ChaosProxy.to(world.system.smtpUrl);
    world.environment.SMTP_URL = world.mailProxy.url;
    world.run.addTemporary(world.system.storageFolder);
    world.run.addTemporary(world.system.mailbox);
    await world.system.startMailSink();
    return world;
  }

  /** @private use create */
  constructor(services, name, run) {
    this.services = services;
    this.run = run;
    this.environment = { ...environment };
    this.database = new Database(services.postgres.url, name);
    this.broker = new BrokerApi(services.rabbitmq.managementUrl, name);
    this.heartbeatSeconds = heartbeatSeconds;
  }

  /** Where files are uploaded, if not at upload-api itself. @type {string | undefined} */ uploadUrl;

  /** The run of the whole harness, which outlives this world. @type {Run} */ parent;

  get signal() {
    return this.run.signal;
  }

  /** Starts every app and keeps it alive. @param {{ without?: readonly string[] }} [options] */
  launch({ without = [] } = {}) {
    this.#without = new Set(without);
    for (const name of appNames) if (!this.#without.has(name)) this.#supervise(name);
  }

  async ready() {
    await this.system.ready({ timeoutMs: 90_000 });
  }

  /** @param {string} name @param {NodeJS.Signals} signal */
  kill(name, signal) {
    const child = this.#apps.get(name);
    if (child === undefined || child.ended() !== undefined) return;
    this.#doomed.add(child.pid);
    signalOne(child.pid, signal);
  }

  /**
   * Kills an app without starting another.
   * @param {string} name
   * @returns {Promise<() => Promise<void>>} starts it again, and waits until it is ready
   */
  async takeAway(name) {
    const { promise, resolve } = Promise.withResolvers();
    this.#away.set(name, promise);
    const child = this.#apps.get(name);
    this.kill(name, 'SIGKILL');
    await child?.exited;
    return async () => {
      this.#away.delete(name);
      resolve();
      await this.replaced(name);
    };
  }

  /** Loads a module into every app before its own code. @param {string} name of a file in test/chaos/preload */
  preload(name) {
    const { href } = new URL(`./preload/${name}.mjs`, import.meta.url);
    this.environment.NODE_OPTIONS = `${this.environment.NODE_OPTIONS ?? heapOptions} --import=${href}`;
  }

  /**
   * Ends the apps' sessions at the database, as the database itself would.
   * @param {(sql: string) => Promise<unknown[]>} [query] on a session that is open, when no new one can be had
   * @returns {Promise<number>} how many there were
   */
  async endSessions(query = (sql) => this.database.query(sql)) {
    const ended = await query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and backend_type = 'client backend' and application_name <> 'chaos'`,
    );
    return ended.length;
  }

  /**
   * Adds a step to run when the apps have stopped and the database is dropped.
   * @param {() => Promise<void> | void} undo
   */
  atEnd(undo) {
    this.#undo.push(undo);
  }

  /** Waits until a new process replaces the killed app and is ready. @param {string} name */
  async replaced(name) {
    while (this.#doomed.has(this.#apps.get(name)?.pid)) await this.sleep(25);
    await this.ready();
  }

  /** Suspends the process for a while, without its knowledge. @param {string} name @param {number} ms */
  async freeze(name, ms) {
    const child = this.#apps.get(name);
    if (child === undefined) return;
    signalOne(child.pid, 'SIGSTOP');
    await this.sleep(ms).finally(() => signalOne(child.pid, 'SIGCONT'));
  }

  /**
   * SIGTERM, and wait until the next one of this app is ready.
   * @param {string} name
   * @returns {Promise<number | null>} exit code
   */
  async roll(name) {
    const child = this.#apps.get(name);
    this.kill(name, 'SIGTERM');
    const code = await child.exited;
    if (code !== 0) this.#unexpected.push(`${name} ended with code ${String(code)} after SIGTERM`);
    await this.replaced(name); // ready() would find the process that has just ended
    return code;
  }

  /** One more process of an app, not supervised. @param {string} name @param {string} label */
  another(name, label) {
    return this.system.startAnother(name, label);
  }

  /** @param {number} ms */
  async sleep(ms) {
    await sleep(ms, undefined, { signal: this.signal });
  }

  /** How many processes the harness has killed or told to stop. */
  deaths() {
    return this.#doomed.size;
  }

  /** How many log lines of all apps match. @param {RegExp} pattern */
  countLogs(pattern) {
    let count = 0;
    for (const text of this.#logs().values()) for (const line of text.split('\n')) if (pattern.test(line)) count += 1;
    return count;
  }

  /** Deliveries that were settled a second time or more. */
  repeatedDeliveries() {
    const seen = new Set();
    let repeats = 0;
    for (const text of this.#logs().values()) {
      for (const line of text.split('\n')) {
        if (!line.includes('message.settled')) continue;
        const id = /"messageId":"([^"]+)"/.exec(line)?.[1];
        const queue = /"queue":"([^"]+)"/.exec(line)?.[1];
        if (seen.has(`${queue} ${id}`)) repeats += 1;
        seen.add(`${queue} ${id}`);
      }
    }
    return repeats;
  }

  /** How often a log goes on so much earlier than it was. @param {number} ms */
  linesBackInTime(ms) {
    let count = 0;
    for (const text of this.#logs().values()) {
      let latest = -Infinity;
      for (const [, time] of text.matchAll(/"@timestamp":"([^"]+)"/g)) {
        const at = Date.parse(time);
        if (at < latest - ms) count += 1;
        latest = at;
      }
    }
    return count;
  }

  /** Faults that no injection excuses: an app that died by itself, an error that escaped. */
  misbehaviour() {
    const escaped = [...this.#logs()].flatMap(([name, text]) => {
      const line = text
        .split('\n')
        .find((each) => /unhandledRejection|uncaughtException|ERR_UNHANDLED|consumer\.bug/.test(each));
      return line === undefined ? [] : [`${name} lost control of an error: ${line.slice(0, 500)}`];
    });
    return [...this.#unexpected, ...escaped];
  }

  /** Safe to call twice. */
  stop() {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop() {
    const proxies = [this.databaseProxy, this.brokerProxy, this.mailProxy];
    for (const proxy of proxies) proxy?.pass();
    await this.run.stop();
    await Promise.all(proxies.map((proxy) => proxy?.close()));
    await Promise.allSettled([this.database.drop(), this.broker.deleteVhost()]);
    for (const undo of this.#undo.toReversed()) await undo();
  }

  #logs() {
    const folder = join(this.run.folder, 'logs');
    const names = existsSync(folder) ? readdirSync(folder) : [];
    return new Map(names.map((name) => [name.replace('.log', ''), readFileSync(join(folder, name), 'utf8')]));
  }

  #supervise(name) {
    if (this.#stopping !== undefined) return;
    const child = this.system.start(name);
    this.#apps.set(name, child);
    void this.#replaceWhenDead(name, child);
  }

  async #replaceWhenDead(name, child) {
    const code = await child.exited;
    if (this.#stopping !== undefined) return;
    if (!this.#doomed.has(child.pid)) {
      this.#unexpected.push(`${name} ended by itself with code ${String(code)}: ${child.tail(5)}`);
    }
    await this.#away.get(name);
    if (this.#stopping !== undefined) return;
    this.#supervise(name);
  }
}
