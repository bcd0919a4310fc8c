// The product as it is shipped, from nothing: a PostgreSQL and a RabbitMQ of its own, all apps, the demo's issuer.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { findPostgres, startPostgresServer } from '../../../scripts/lib/services/postgres.mjs';
import { startRabbitServer } from '../../../scripts/lib/services/rabbitmq.mjs';
import { Run, readJson } from '../../../scripts/lib/run/run.mjs';
import { requirePrograms } from '../../../scripts/lib/services/stack.mjs';
import { System, appNames } from '../../../scripts/lib/system/system.mjs';
import { until } from '../../../scripts/lib/run/wait.mjs';
import { warmUp } from './warm-up.mjs';

/** A separate bench measures notifications. Their messages are published here too. */
const PAUSED_STAGE = 'notifier.chunks';
/** Helpers that are no part of the product, and Erlang's name server. */
const NOT_MEASURED = new Set(['migrate', 'epmd', 'mail-sink']);

/**
 * @typedef {object} StackOptions
 * @property {number} [rows] that are going to be written: the server is warmed up for them
 * @property {number} validators processes of chunk-validator
 * @property {number} generators processes of boleto-generator
 * @property {boolean} [fastPaths] false: chunk-validator without its shortcuts
 * @property {boolean} statements whether PostgreSQL keeps statistics of each statement
 */

/** One stack for one measurement. Everything of it ends and is removed with `stop`. */
export class BenchStack {
  /** @type {import('../../../scripts/lib/run/run.mjs').Child[]} */ #apps = [];
  #postgres;
  #rabbitmq;

  /**
   * @param {import('../../../scripts/lib/run/run.mjs').Run} outer stops this stack when it stops
   * @param {StackOptions} options
   * @param {import('../../../scripts/lib/run/log.mjs').Log} log
   */
  static async start(outer, options, log) {
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

  /** @private use start */
  constructor(run) {
    this.run = run;
  }

  async #start(options, log) {
    const { run } = this;
    const programs = await requirePrograms(run, ['postgres', 'rabbitmq'], log);
    log.info('Starting PostgreSQL, RabbitMQ and all apps …');
    [this.#postgres, this.#rabbitmq] = await Promise.all([
      startPostgresServer(run, programs.postgres ?? findPostgres()),
      startRabbitServer(run, programs.rabbitmq),
    ]);
    this.databaseUrl = this.#postgres.url;
    if (options.statements) await this.#keepStatements();

    const system = await System.create({
      run,
      databaseUrl: this.databaseUrl,
      rabbitmqUrl: this.#rabbitmq.url,
      environment: { FAST_PATHS: (options.fastPaths ?? true) ? 'on' : 'off' },
    });
    this.system = system;
    await system.startAll();
    this.#apps = appNames.map((name) => system.start(name));
    await this.#scaleOut('chunk-validator', options.validators);
    await this.#scaleOut('boleto-generator', options.generators);
    await this.#pause(PAUSED_STAGE);
    // The last step, because memory that is free for a few seconds may return to the host.
    if (options.rows !== undefined) await this.#warmUp(options.rows);
    if (options.statements) await this.query('select pg_stat_statements_reset()');
  }

  async #warmUp(rows) {
    const client = await this.connect();
    await warmUp(client, rows);
    await client.end();
  }

  /** Needs a restart; on this server alone, by its own configuration file. */
  async #keepStatements() {
    await this.query("alter system set shared_preload_libraries = 'pg_stat_statements'");
    await this.#postgres.stop('SIGINT');
    await this.#postgres.start();
    await this.query('create extension pg_stat_statements');
  }

  async #scaleOut(name, count) {
    for (let replica = 2; replica <= count; replica += 1) {
      const child = this.system.startAnother(name, `${name}-${String(replica)}`);
      this.#apps.push(child);
      await until(() => readyUrl(child), { timeoutMs: 30_000, signal: this.run.signal, what: child.name });
      await until(async () => (await fetch(`${readyUrl(child)}/health/ready`)).ok, {
        timeoutMs: 60_000,
        signal: this.run.signal,
        what: child.name,
      });
    }
  }

  /** Uses the product's own switch, which workers read every second. */
  async #pause(stage) {
    const response = await fetch(`${this.system.billingApiUrl}/v1/stages/${stage}/pause`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-operator': 'bench' },
      body: JSON.stringify({ reason: 'measured apart' }),
    });
    if (!response.ok) throw new Error(`${stage} cannot be paused: ${await response.text()}`);
    const notifier = this.#apps.find(({ name }) => name === 'notifier');
    await until(() => readFileSync(notifier.logFile, 'utf8').includes('paused'), {
      timeoutMs: 15_000,
      signal: this.run.signal,
      what: `a pause of ${stage}`,
    });
  }

  /** The pid of every process that is measured, by name. @returns {Record<string, number>} */
  pids() {
    const { children = [] } = readJson(join(this.run.folder, 'run.json')) ?? {};
    const measured = children.filter(({ name }) => !NOT_MEASURED.has(name));
    return Object.fromEntries(measured.map(({ name, pid }) => [name, pid])); // of a name, the last that was started
  }

  /** Names of the processes that are the product's own. */
  appNames() {
    return this.#apps.map(({ name }) => name);
  }

  /** @throws when an app has ended */
  mustBeAlive() {
    const dead = this.#apps.find((child) => child.ended() !== undefined);
    if (dead !== undefined) throw new Error(`${dead.name} ended while it was needed:\n${dead.tail()}`);
  }

  /**
   * One statement on a connection of its own.
   * @param {string} sql
   * @param {unknown[]} [values]
   * @returns {Promise<any[]>}
   */
  async query(sql, values = [], url = this.databaseUrl) {
    const client = await this.connect(url);
    try {
      return (await client.query(sql, values)).rows;
    } finally {
      await client.end();
    }
  }

  /** The caller ends it. */
  async connect(url = this.databaseUrl) {
    const client = new pg.Client({ connectionString: url, application_name: 'bench' });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  /** Ends the apps and the broker; PostgreSQL stays. */
  async stopAllButPostgres() {
    await Promise.all(this.#apps.map((child) => child.stop()));
    this.#apps = [];
    await this.#rabbitmq.kill();
  }

  async stop() {
    await this.run.stop();
  }
}

/** The address of a replica, which chooses its own port. */
function readyUrl(child) {
  const line = readFileSync(child.logFile, 'utf8')
    .split('\n')
    .find((each) => each.includes('"management listening"'));
  const port = line === undefined ? undefined : /"port":(\d+)/.exec(line)?.[1];
  return port === undefined ? undefined : `http://127.0.0.1:${port}`;
}
