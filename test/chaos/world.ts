import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { signalOne } from '#scripts/lib/run/processes.mjs';
import { Run, type Child } from '#scripts/lib/run/run.mjs';
import { makeBrokerUsers } from '#scripts/lib/services/broker-users.mjs';
import { appNames, heapOptions, System, workerNames, type AppName } from '#scripts/lib/system/system.mjs';
import { BrokerApi } from './broker-api.ts';
import { Database } from './database.ts';
import { ChaosProxy } from './proxy.ts';
import type { Services } from './services.ts';
import type { Template } from './template.ts';

/** Apps that take messages or hand them on, so that they can die in the middle of the work. */
export const workers: readonly AppName[] = workerNames;

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
  readonly #apps = new Map<AppName, Child>();
  /** Exits of apps that the harness did not cause. */
  readonly #unexpected: string[] = [];
  /** Pids that the harness killed or stopped. */
  readonly #doomed = new Set<number | undefined>();
  /** Apps that are away, each with the promise that it waits for. */
  readonly #away = new Map<AppName, Promise<void>>();
  /** Steps to run when the database is gone. */
  readonly #undo: (() => Promise<void> | void)[] = [];
  /** Apps that are left out. */
  #without: ReadonlySet<string> = new Set();
  #stopping: Promise<void> | undefined;
  /** Made one after the other, when the world already may have to stop. */
  readonly #parts: { databaseProxy?: ChaosProxy; brokerProxy?: ChaosProxy; mailProxy?: ChaosProxy; system?: System } =
    {};
  readonly services: Services;
  /** The run of the whole harness, which outlives this world. */
  readonly parent: Run;
  readonly run: Run;
  readonly environment: Record<string, string>;
  readonly database: Database;
  readonly broker: BrokerApi;
  readonly heartbeatSeconds = heartbeatSeconds;
  /** Where files are uploaded, if not at upload-api itself. */
  uploadUrl: string | undefined;

  /** @param parent stops the world when it stops */
  static async create(services: Services, parent: Run, template: Template): Promise<World> {
    worlds += 1;
    const name = `${template.name}_${String(worlds)}`;
    const world = new World(services, name, parent);
    parent.signal.addEventListener('abort', () => void world.stop());
    parent.addCleanup(() => world.stop());
    const vhostUrl = new URL(services.rabbitmq.url);
    const brokerUser = decodeURIComponent(vhostUrl.username);
    await Promise.all([world.database.create(template.name), world.broker.createVhost(brokerUser)]);
    vhostUrl.pathname = `/${name}`;
    vhostUrl.searchParams.set('heartbeat', String(heartbeatSeconds));
    const brokerUserPrefix = `${name}-`;
    const { users, remove } = await makeBrokerUsers({
      rabbitmqUrl: vhostUrl.href,
      managementUrl: services.rabbitmq.managementUrl,
      prefix: brokerUserPrefix,
    });
    world.broker.appUsers = users;
    world.atEnd(remove);
    world.#parts.databaseProxy = await ChaosProxy.to(world.database.url);
    world.#parts.brokerProxy = await ChaosProxy.to(vhostUrl.href);
    world.#parts.system = await System.create({
      run: world.run,
      databaseUrl: world.databaseProxy.url,
      ...(template.makesRoles ? { ownerUrl: world.database.url } : {}),
      rabbitmqUrl: world.brokerProxy.url,
      brokerUserPrefix,
      environment: world.environment,
    });
    world.system.carryKey(template.apiKey);
    world.#parts.mailProxy = await ChaosProxy.to(world.system.smtpUrl);
    world.environment['SMTP_URL'] = world.mailProxy.url;
    world.run.addTemporary(world.system.storageFolder);
    world.run.addTemporary(world.system.mailbox);
    await world.system.startMailSink();
    return world;
  }

  private constructor(services: Services, name: string, parent: Run) {
    this.services = services;
    this.parent = parent;
    this.run = new Run();
    this.environment = { ...environment };
    this.database = new Database(services.postgres.url, name);
    this.broker = new BrokerApi(services.rabbitmq.managementUrl, name);
  }

  get signal(): AbortSignal {
    return this.run.signal;
  }

  get databaseProxy(): ChaosProxy {
    return made(this.#parts.databaseProxy);
  }

  get brokerProxy(): ChaosProxy {
    return made(this.#parts.brokerProxy);
  }

  get mailProxy(): ChaosProxy {
    return made(this.#parts.mailProxy);
  }

  get system(): System {
    return made(this.#parts.system);
  }

  /** Starts every app and keeps it alive. */
  launch({ without = [] }: { readonly without?: readonly string[] } = {}): void {
    this.#without = new Set(without);
    for (const name of appNames) if (!this.#without.has(name)) this.#supervise(name);
  }

  async ready(): Promise<void> {
    await this.system.ready({ timeoutMs: 90_000 });
  }

  kill(name: AppName, signal: NodeJS.Signals): void {
    const child = this.#apps.get(name);
    if (child === undefined || child.ended() !== undefined) return;
    this.#doomed.add(child.pid);
    signalOne(child.pid, signal);
  }

  /**
   * Kills an app without starting another.
   * @returns starts it again, and waits until it is ready
   */
  async takeAway(name: AppName): Promise<() => Promise<void>> {
    const { promise, resolve } = Promise.withResolvers<void>();
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

  /**
   * Loads a module into every app before its own code.
   * @param name of a file in test/chaos/preload
   */
  preload(name: 'clock' | 'dns'): void {
    const { href } = new URL(`./preload/${name}${extname(import.meta.url)}`, import.meta.url);
    this.environment['NODE_OPTIONS'] = `${this.environment['NODE_OPTIONS'] ?? heapOptions} --import=${href}`;
  }

  /**
   * Ends the apps' sessions at the database, as the database itself would.
   * @param query on a session that is open, when no new one can be had
   * @returns how many there were
   */
  async endSessions(
    query: (sql: string) => Promise<readonly unknown[]> = async (sql) => await this.database.query(sql),
  ): Promise<number> {
    const ended = await query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and backend_type = 'client backend' and application_name <> 'chaos'`,
    );
    return ended.length;
  }

  /** Adds a step to run when the apps have stopped and the database is dropped. */
  atEnd(undo: () => Promise<void> | void): void {
    this.#undo.push(undo);
  }

  /** Waits until a new process replaces the killed app and is ready. */
  async replaced(name: AppName): Promise<void> {
    while (this.#doomed.has(this.#apps.get(name)?.pid)) await this.sleep(25);
    await this.ready();
  }

  /** Suspends the process for a while, without its knowledge. */
  async freeze(name: AppName, ms: number): Promise<void> {
    const child = this.#apps.get(name);
    if (child === undefined) return;
    signalOne(child.pid, 'SIGSTOP');
    await this.sleep(ms).finally(() => signalOne(child.pid, 'SIGCONT'));
  }

  /**
   * SIGTERM, and wait until the next one of this app is ready.
   * @returns exit code
   */
  async roll(name: AppName): Promise<number | null> {
    const child = this.#apps.get(name);
    if (child === undefined) throw new Error(`${name} was never started`);
    this.kill(name, 'SIGTERM');
    const code = await child.exited;
    if (code !== 0) this.#unexpected.push(`${name} ended with code ${String(code)} after SIGTERM`);
    await this.replaced(name); // ready() would find the process that has just ended
    return code;
  }

  /** One more process of an app, not supervised. */
  another(name: AppName, label: string): Child {
    return this.system.startAnother(name, label);
  }

  async sleep(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.signal });
  }

  /** How many processes the harness has killed or told to stop. */
  deaths(): number {
    return this.#doomed.size;
  }

  /** How many log lines of all apps match. */
  countLogs(pattern: RegExp): number {
    let count = 0;
    for (const text of this.#logs().values()) for (const line of text.split('\n')) if (pattern.test(line)) count += 1;
    return count;
  }

  /** Deliveries that were settled a second time or more. */
  repeatedDeliveries(): number {
    const seen = new Set<string>();
    let repeats = 0;
    for (const text of this.#logs().values()) {
      for (const line of text.split('\n')) {
        if (!line.includes('message.settled')) continue;
        const id = /"messageId":"([^"]+)"/.exec(line)?.[1];
        const queue = /"queue":"([^"]+)"/.exec(line)?.[1];
        const delivery = `${String(queue)} ${String(id)}`;
        if (seen.has(delivery)) repeats += 1;
        seen.add(delivery);
      }
    }
    return repeats;
  }

  /** How often a log goes on so much earlier than it was. */
  linesBackInTime(ms: number): number {
    let count = 0;
    for (const text of this.#logs().values()) {
      let latest = -Infinity;
      for (const [, time = ''] of text.matchAll(/"@timestamp":"([^"]+)"/g)) {
        const at = Date.parse(time);
        if (at < latest - ms) count += 1;
        latest = at;
      }
    }
    return count;
  }

  /** Faults that no injection excuses: an app that died by itself, an error that escaped. */
  misbehaviour(): string[] {
    const escaped = [...this.#logs()].flatMap(([name, text]) => {
      const line = text
        .split('\n')
        .find((each) => /unhandledRejection|uncaughtException|ERR_UNHANDLED|consumer\.bug/.test(each));
      return line === undefined ? [] : [`${name} lost control of an error: ${line.slice(0, 500)}`];
    });
    return [...this.#unexpected, ...escaped];
  }

  /** Safe to call twice. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    const { databaseProxy, brokerProxy, mailProxy } = this.#parts;
    const proxies = [databaseProxy, brokerProxy, mailProxy];
    for (const proxy of proxies) proxy?.pass();
    await this.run.stop();
    await Promise.all(proxies.map(async (proxy) => await proxy?.close()));
    await Promise.allSettled([this.database.drop(), this.broker.deleteVhost()]);
    for (const undo of this.#undo.toReversed()) await undo();
  }

  #logs(): ReadonlyMap<string, string> {
    const folder = join(this.run.folder, 'logs');
    const names = existsSync(folder) ? readdirSync(folder) : [];
    return new Map(names.map((name) => [name.replace('.log', ''), readFileSync(join(folder, name), 'utf8')]));
  }

  #supervise(name: AppName): void {
    if (this.#stopping !== undefined) return;
    const child = this.system.start(name);
    this.#apps.set(name, child);
    void this.#replaceWhenDead(name, child);
  }

  async #replaceWhenDead(name: AppName, child: Child): Promise<void> {
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

function made<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('the world is not whole yet');
  return part;
}
