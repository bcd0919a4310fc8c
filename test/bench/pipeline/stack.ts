// The product as it is shipped, from nothing: a PostgreSQL and a RabbitMQ of its own, all apps, the demo's issuer.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { Log } from '#scripts/lib/run/log.mjs';
import { readJson, Run, type Child, type RunRecord } from '#scripts/lib/run/run.mjs';
import { until } from '#scripts/lib/run/wait.mjs';
import { startPostgresServer, type PostgresServer } from '#scripts/lib/services/postgres.mjs';
import { startRabbitServer, type BrokerServer } from '#scripts/lib/services/rabbitmq.mjs';
import { requirePrograms } from '#scripts/lib/services/stack.mjs';
import { keyHeader } from '#scripts/lib/system/api-key.mjs';
import { appNames, System, type AppName } from '#scripts/lib/system/system.mjs';
import { warmUp } from './warm-up.ts';

/** A separate bench measures notifications. Their messages are published here too. */
const PAUSED_STAGE = 'notifier.chunks';
/** Helpers that are no part of the product, and Erlang's name server. */
const NOT_MEASURED = new Set(['migrate', 'epmd', 'mail-sink']);

export interface StackOptions {
  /** That are going to be written: the server is warmed up for them */
  readonly rows?: number;
  /** Processes of chunk-validator */
  readonly validators: number;
  /** Processes of boleto-generator */
  readonly generators: number;
  /** False: chunk-validator without its shortcuts */
  readonly fastPaths?: boolean;
  /** True if PostgreSQL keeps statistics of each statement. */
  readonly statements: boolean;
}

/** Made one after the other. */
interface Parts {
  readonly postgres: PostgresServer;
  readonly rabbitmq: BrokerServer;
  system?: System;
}

/** One stack for one measurement. Everything of it ends and is removed with `stop`. */
export class BenchStack {
  #apps: Child[] = [];
  #parts: Parts | undefined;
  readonly run: Run;

  /** @param outer stops this stack when it stops */
  static async start(outer: Run, options: StackOptions, log: Log): Promise<BenchStack> {
    const run = new Run();
    outer.signal.addEventListener('abort', () => void run.stop(), { once: true });
    outer.addCleanup(() => run.stop());
    const stack = new BenchStack(run);
    try {
      await stack.#start(options, log);
      return stack;
    } catch (error) {
      await run.stop();
      throw error;
    }
  }

  private constructor(run: Run) {
    this.run = run;
  }

  get databaseUrl(): string {
    return this.#servers.postgres.url;
  }

  get system(): System {
    const { system } = this.#servers;
    if (system === undefined) throw new Error('the apps are not up yet');
    return system;
  }

  get #servers(): Parts {
    if (this.#parts === undefined) throw new Error('the servers are not up yet');
    return this.#parts;
  }

  async #start(options: StackOptions, log: Log): Promise<void> {
    const { run } = this;
    const programs = await requirePrograms(run, ['postgres', 'rabbitmq'], log);
    log.info('Starting PostgreSQL, RabbitMQ and all apps …');
    const [postgres, rabbitmq] = await Promise.all([
      startPostgresServer(run, programs.postgres),
      startRabbitServer(run, programs.rabbitmq),
    ]);
    this.#parts = { postgres, rabbitmq };
    if (options.statements) await this.#keepStatements();

    const system = await System.create({
      run,
      databaseUrl: this.databaseUrl,
      ownerUrl: postgres.ownerUrl,
      rabbitmqUrl: rabbitmq.url,
      brokerUserPrefix: '',
      environment: { FAST_PATHS: (options.fastPaths ?? true) ? 'on' : 'off' },
    });
    this.#parts.system = system;
    await system.startAll();
    this.#apps = appNames.map((name) => system.start(name));
    await this.#scaleOut('chunk-validator', options.validators);
    await this.#scaleOut('boleto-generator', options.generators);
    await this.#pause(PAUSED_STAGE);
    // The last step, because memory that is free for a few seconds may return to the host.
    if (options.rows !== undefined) await this.#warmUp(options.rows);
    if (options.statements) await this.query('select pg_stat_statements_reset()');
  }

  async #warmUp(rows: number): Promise<void> {
    const client = await this.connect();
    await warmUp(client, rows);
    await client.end();
  }

  /** Needs a restart; on this server alone, by its own configuration file. */
  async #keepStatements(): Promise<void> {
    await this.query("alter system set shared_preload_libraries = 'pg_stat_statements'");
    const { postgres } = this.#servers;
    await postgres.stop('SIGINT');
    await postgres.start();
    await this.query('create extension pg_stat_statements');
  }

  async #scaleOut(name: AppName, count: number): Promise<void> {
    for (let replica = 2; replica <= count; replica += 1) {
      const child = this.system.startAnother(name, `${name}-${String(replica)}`);
      this.#apps.push(child);
      const url = await until(() => readyUrl(child), { timeoutMs: 30_000, signal: this.run.signal, what: child.name });
      await until(async () => (await fetch(`${url}/health/ready`)).ok, {
        timeoutMs: 60_000,
        signal: this.run.signal,
        what: child.name,
      });
    }
  }

  /** Uses the product's own switch, which workers read every second. */
  async #pause(stage: string): Promise<void> {
    const response = await fetch(`${this.system.billingApiUrl}/v1/stages/${stage}/pause`, {
      method: 'POST',
      headers: { ...keyHeader(this.system.url), 'content-type': 'application/json' },
      body: JSON.stringify({ reason: 'measured apart' }),
    });
    if (!response.ok) throw new Error(`${stage} cannot be paused: ${await response.text()}`);
    const notifier = this.#apps.find(({ name }) => name === 'notifier');
    if (notifier === undefined) throw new Error('there is no notifier');
    await until(() => readFileSync(notifier.logFile, 'utf8').includes('paused'), {
      timeoutMs: 15_000,
      signal: this.run.signal,
      what: `a pause of ${stage}`,
    });
  }

  /** The pid of every process that is measured, by name. */
  pids(): Record<string, number> {
    const record = readJson(join(this.run.folder, 'run.json')) as Pick<RunRecord, 'children'> | undefined;
    const measured = (record?.children ?? []).filter(({ name }) => !NOT_MEASURED.has(name));
    return Object.fromEntries(measured.map(({ name, pid }) => [name, pid])); // of a name, the last that was started
  }

  /** Names of the processes that are the product's own. */
  appNames(): string[] {
    return this.#apps.map(({ name }) => name);
  }

  /** @throws when an app has ended */
  mustBeAlive(): void {
    const dead = this.#apps.find((child) => child.ended() !== undefined);
    if (dead !== undefined) throw new Error(`${dead.name} ended while it was needed:\n${dead.tail()}`);
  }

  /** One statement on a connection of its own. */
  async query(sql: string, values: unknown[] = [], url = this.databaseUrl): Promise<unknown[]> {
    const client = await this.connect(url);
    try {
      return (await client.query<object>(sql, values)).rows;
    } finally {
      await client.end();
    }
  }

  /** The caller ends it. */
  async connect(url = this.databaseUrl): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: url, application_name: 'bench' });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  /** Ends the apps and the broker; PostgreSQL stays. */
  async stopAllButPostgres(): Promise<void> {
    await Promise.all(this.#apps.map((child) => child.stop()));
    this.#apps = [];
    await this.#servers.rabbitmq.kill();
  }

  async stop(): Promise<void> {
    await this.run.stop();
  }
}

/** The address of a replica, which chooses its own port. */
function readyUrl(child: Child): string | undefined {
  const line = readFileSync(child.logFile, 'utf8')
    .split('\n')
    .find((each) => each.includes('"management listening"'));
  const port = line === undefined ? undefined : /"port":(\d+)/.exec(line)?.[1];
  return port === undefined ? undefined : `http://127.0.0.1:${port}`;
}
