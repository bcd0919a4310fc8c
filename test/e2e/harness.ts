import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { carryKey, createTestDatabase, createTestVhost, type TestDatabase, type TestVhost } from '#testing';
import { Run, type Child } from '../../scripts/lib/run/run.mjs';
import { makeBrokerUsers } from '../../scripts/lib/services/broker-users.mjs';
import { appNames, System, workerNames, type AppName } from '../../scripts/lib/system/system.mjs';

/** Small limits, so that small files go through many chunks, windows and rungs. */
const ENVIRONMENT = {
  CHUNK_BYTES: '4096',
  RETRY_DELAYS_MS: '100,200,400',
  RELAY_POLL_MS: '20',
  DATABASE_POOL_MAX: '6',
};

const PATIENCE_MS = 60_000;
/** The apps need the two cores more than the tests do. */
const POLL_MS = 100;

/** The traces of a process that lost control of an error; Node itself writes the first two. */
const ESCAPED_ERROR = /unhandledRejection|uncaughtException|ERR_UNHANDLED|consumer\.bug/;

export const WORKERS: readonly AppName[] = workerNames;

export interface LogLine {
  readonly '@timestamp': string;
  readonly 'log.level': string;
  readonly message: string;
  readonly 'event.action'?: string;
  readonly batchId?: string;
  readonly queue?: string;
  readonly messageId?: string;
  readonly outcome?: string;
}

export interface HarnessOptions {
  /** Added to the environment of every app. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The addresses of the services that the apps get, made from the real ones. */
  readonly reroute?: (urls: ServiceUrls) => Promise<ServiceUrls>;
}

interface ServiceUrls {
  readonly databaseUrl: string;
  readonly rabbitmqUrl: string;
}

/** When set, the apps connect as roles that own nothing, as in production; a private server may have only one role. */
async function makesRoles({ dataSource }: TestDatabase): Promise<boolean> {
  const rows: { readonly yes: boolean }[] = await dataSource.query(
    'select rolsuper or rolcreaterole as yes from pg_roles where rolname = current_user',
  );
  return rows[0]?.yes === true;
}

/**
 * All apps as processes built from this checkout, with their own database, vhost, storage folder and mailbox. Their
 * logs stay in .local/runs.
 */
export class Harness {
  readonly #apps = new Map<AppName, Child>();
  readonly #exitCodes: { readonly app: AppName; readonly code: number | null }[] = [];

  private constructor(
    readonly run: Run,
    readonly system: System,
    readonly database: TestDatabase,
    readonly vhost: TestVhost,
    readonly removeUsers: () => Promise<void>,
  ) {}

  /** Nothing runs yet. */
  static async create({ environment = {}, reroute }: HarnessOptions = {}): Promise<Harness> {
    const [database, vhost] = await Promise.all([createTestDatabase(), createTestVhost()]);
    const there = { databaseUrl: database.url, rabbitmqUrl: vhost.url };
    const urls = reroute === undefined ? there : await reroute(there);
    const run = new Run();
    const brokerUserPrefix = `${vhost.name}-`;
    const { remove: removeUsers } = await makeBrokerUsers({
      rabbitmqUrl: vhost.url,
      managementUrl: vhost.managementUrl,
      prefix: brokerUserPrefix,
    });
    const owner = (await makesRoles(database)) ? { ownerUrl: urls.databaseUrl } : {};
    // In a test that begins without its database, the apps log in as roles that migrate made before.
    let apiKey: string | undefined;
    if (reroute !== undefined && 'ownerUrl' in owner) {
      const direct = await System.create({ run, ...there, ownerUrl: there.databaseUrl, environment: ENVIRONMENT });
      await direct.migrate();
      ({ apiKey } = direct);
    }
    const system = await System.create({
      run,
      ...urls,
      ...owner,
      brokerUserPrefix,
      environment: { ...ENVIRONMENT, ...environment },
    });
    system.apiKey = apiKey;
    run.addTemporary(system.storageFolder);
    run.addTemporary(system.mailbox);
    return new Harness(run, system, database, vhost, removeUsers);
  }

  /** Returns when everything is ready and the demo issuer exists. */
  static async start(options: HarnessOptions = {}): Promise<Harness> {
    const harness = await Harness.create(options);
    try {
      await Promise.all([harness.system.startMailSink(), harness.system.migrate()]);
      await harness.startApps();
      return harness;
    } catch (error) {
      await harness.stop().catch(() => undefined); // the first error says more
      throw error;
    }
  }

  /** Starts those that are not running and waits until they are ready. */
  async startApps(names: readonly AppName[] = appNames): Promise<void> {
    this.launch(names);
    await this.system.ready();
  }

  /** Without waiting. */
  launch(names: readonly AppName[] = appNames): void {
    const { apiKey, url, uploadApiUrl, billingApiUrl } = this.system;
    if (apiKey !== undefined) for (const origin of [url, uploadApiUrl, billingApiUrl]) carryKey(origin, apiKey);
    for (const name of names) this.#apps.set(name, this.system.start(name));
  }

  /** SIGTERM, and their exit codes. */
  async stopApps(names: readonly AppName[]): Promise<readonly (number | null)[]> {
    const stopping = names.flatMap((name) => {
      const child = this.#apps.get(name);
      this.#apps.delete(name);
      return child === undefined ? [] : [{ name, child }];
    });
    return await Promise.all(
      stopping.map(async ({ name, child }) => {
        const died = child.ended() !== undefined;
        // One signal to one process: a second one would kill a process that is just ending by itself.
        if (!died) process.kill(child.pid, 'SIGTERM');
        const code = await child.exited;
        await child.stop();
        this.#exitCodes.push({ app: name, code: died ? null : code });
        return code;
      }),
    );
  }

  /** Asks until the answer is truthy, and returns it. An app that died meanwhile ends the wait at once. */
  async until<T>(
    condition: () => T | Promise<T>,
    { describe, timeoutMs = PATIENCE_MS }: { readonly describe: string; readonly timeoutMs?: number },
  ): Promise<NonNullable<T>> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const death = this.#describeDeath();
      if (death !== undefined) throw new Error(`waiting for ${describe}: ${death}`);
      const value = await condition();
      if (value) return value;
      if (Date.now() >= deadline) {
        throw new Error(`waited ${timeoutMs.toString()} ms for ${describe} (logs: ${this.run.folder}/logs)`);
      }
      await delay(POLL_MS);
    }
  }

  /** The standard output and error of an app and of its predecessors in this harness. */
  logText(name: AppName): string {
    const path = `${this.run.folder}/logs/${name}.log`;
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }

  /** @throws SyntaxError when a line is not JSON. */
  logLines(name: AppName): readonly LogLine[] {
    const lines = this.logText(name).split('\n');
    return lines.filter((line) => line !== '').map((line): LogLine => JSON.parse(line));
  }

  /** Stops and removes everything. Rejects when an app had died, lost an error, or did not stop in good order. */
  async stop(): Promise<void> {
    const death = this.#describeDeath();
    await this.stopApps(appNames);
    await this.run.stop();
    await Promise.all([this.database.drop(), this.vhost.drop(), this.removeUsers()]);
    const faults = [
      ...(death === undefined ? [] : [death]),
      ...this.#exitCodes.flatMap(({ app, code }) => (code === 0 ? [] : [`${app} exited with code ${String(code)}`])),
      ...appNames.flatMap((app) => {
        const escaped = this.logText(app)
          .split('\n')
          .find((line) => ESCAPED_ERROR.test(line));
        return escaped === undefined ? [] : [`${app} lost control of an error: ${escaped}`];
      }),
    ];
    if (faults.length > 0) throw new Error(`${faults.join('\n')}\nLogs: ${this.run.folder}/logs`);
  }

  #describeDeath(): string | undefined {
    for (const [name, child] of this.#apps) {
      if (child.ended() !== undefined) return `${name} died. Its last lines:\n${child.tail(20)}`;
    }
    return undefined;
  }
}
