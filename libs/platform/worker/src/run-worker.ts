import { Global, Module, type DynamicModule, type INestApplicationContext, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { Broker, messagingMetrics, type AnyHandler } from '#broker';
import { failureClassNames, queueNames } from '#contracts';
import { createDataSource, pingDatabase, poolMetrics, waitForDatabase } from '#database';
import {
  createLogger,
  createMetrics,
  maskText,
  nestLogger,
  startManagement,
  type Logger,
  type LogLevel,
  type ReadinessCheck,
} from '#observability';
import { LOGGER, METRICS, stopOnSignal, STORAGE, VERSION, type Lifecycle } from '#process';
import { createStorage } from '#storage';
import { StageControl } from './stage-control.ts';
import { askForTopology } from './topology.queries.ts';
import { warmUpHandlers } from './warm-up.ts';

/** The environment of every worker: `workerEnvironment` of #config. */
interface WorkerConfig {
  readonly DATABASE_URL: string;
  readonly DATABASE_POOL_MAX: number;
  readonly RABBITMQ_URL: string;
  readonly RETRY_DELAYS_MS?: readonly number[] | undefined;
  readonly MANAGEMENT_HOST: string;
  readonly MANAGEMENT_PORT: number;
  readonly LOG_LEVEL: LogLevel;
  readonly STORAGE_URL: string;
  readonly S3_ACCESS_KEY_ID?: string | undefined;
  readonly S3_SECRET_ACCESS_KEY?: string | undefined;
  readonly SHUTDOWN_GRACE_MS: number;
  readonly CONCURRENCY?: number | undefined;
}

export interface WorkerOptions {
  readonly name: string;
  readonly config: WorkerConfig;
  /** The app's own providers, including its handlers. */
  readonly module: DynamicModule;
  /** One handler for each queue that this app consumes. */
  readonly handlers: readonly Type<AnyHandler>[];
  /** Long-lived parts of the app that are not handlers. They start when everything is connected, and stop first. */
  readonly loops?: readonly Type<Lifecycle>[];
  /** This app declares exchanges, queues and bindings. The others check that theirs are there. */
  readonly declaresTopology?: boolean;
}

interface Parts {
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly dataSource: DataSource;
  readonly broker: Broker;
}

/**
 * Runs a process that consumes queues until it is told to stop. It starts in this order: management (alive, not ready)
 * → database → handlers, which warm up → broker → ready. On SIGTERM it stops in the reverse order and finishes its
 * unfinished work in between. It waits without limit for a database or broker that is not available yet.
 */
export async function runWorker(options: WorkerOptions): Promise<void> {
  const { config, module, handlers, loops = [] } = options;
  const parts = createParts(options);
  const { logger, metrics, dataSource, broker } = parts;
  const stopping = new AbortController();
  const management = await startManagement({
    host: config.MANAGEMENT_HOST,
    port: config.MANAGEMENT_PORT,
    logger,
    metrics,
    checks: checksOf(parts),
    draining: () => stopping.signal.aborted,
  });
  let running: Lifecycle[] = [];
  let app: INestApplicationContext | undefined;
  stopOnSignal({
    logger,
    graceMs: config.SHUTDOWN_GRACE_MS,
    stop: async () => {
      stopping.abort(new Error('told to stop'));
      await Promise.all(
        running.map(async (loop) => {
          await loop.stop?.();
        }),
      );
      await broker.drain(config.SHUTDOWN_GRACE_MS);
      await app?.close();
      await broker.close();
      if (dataSource.isInitialized) await dataSource.destroy();
      await management.close();
    },
  });

  try {
    await waitForDatabase(dataSource, { logger, signal: stopping.signal });
  } catch (error) {
    if (stopping.signal.aborted) return;
    throw error;
  }
  app = await NestFactory.createApplicationContext(
    { module: WorkerRoot, imports: [await providing(parts, config), module] },
    { logger: nestLogger(logger), abortOnError: false },
  );
  if (stopping.signal.aborted) return;
  const created = app;
  const performers = handlers.map((handler) => created.get<AnyHandler>(handler, { strict: false }));
  for (const handler of performers) broker.handle(handler);
  await warmUpHandlers(performers, { logger, signal: stopping.signal });
  if (stopping.signal.aborted) return;
  running = loops.map((loop) => created.get(loop, { strict: false }));
  const pauses = new StageControl(broker, dataSource, logger);
  running.push(pauses);
  await pauses.ready();
  if (stopping.signal.aborted) return;
  for (const loop of running) loop.start?.();
  broker.start();
  logger.info('started', { event: 'service.started' });
}

function createParts({ name, config, declaresTopology = false }: WorkerOptions): Parts {
  const logger = createLogger({ service: name, version: VERSION, level: config.LOG_LEVEL });
  const metrics = createMetrics({ service: name, version: VERSION });
  const dataSource = createDataSource({
    url: config.DATABASE_URL,
    poolMax: config.DATABASE_POOL_MAX,
    applicationName: name,
  });
  poolMetrics(metrics, dataSource);
  const broker = new Broker({
    url: config.RABBITMQ_URL,
    name,
    dataSource,
    logger,
    metrics: messagingMetrics(
      metrics,
      queueNames.filter((queue) => queue.startsWith(`${name}.`)),
      failureClassNames,
    ),
    breakers: true,
    retryDelaysMs: config.RETRY_DELAYS_MS,
    concurrency: config.CONCURRENCY,
    askForTopology: declaresTopology
      ? undefined
      : async () => {
          await askForTopology(dataSource.manager);
        },
  });
  return { logger, metrics, dataSource, broker };
}

function checksOf({ dataSource, broker }: Parts): readonly ReadinessCheck[] {
  return [
    {
      name: 'database',
      check: async () => {
        await pingDatabase(dataSource);
      },
    },
    {
      name: 'broker',
      check: async () => {
        broker.checkReady();
        return await Promise.resolve(breakerDetails(broker));
      },
    },
  ];
}

/** Stages that wait for a provider. They are worth reporting, but the process stays ready. */
function breakerDetails({ breakers }: Broker): { readonly breakers?: Readonly<Record<string, string>> } {
  const notClosed = breakers.flatMap(({ queue, state }) =>
    state.is === 'closed' ? [] : [[queue, `${state.is}: ${maskText(state.reason)}`] as const],
  );
  return notClosed.length === 0 ? {} : { breakers: Object.fromEntries(notClosed) };
}

@Module({})
class WorkerRoot {}

@Global()
@Module({})
class WorkerParts {}

/** The shared parts, injectable everywhere in the app. */
async function providing({ logger, metrics, dataSource, broker }: Parts, config: WorkerConfig): Promise<DynamicModule> {
  const storage = await createStorage({
    url: config.STORAGE_URL,
    accessKeyId: config.S3_ACCESS_KEY_ID,
    secretAccessKey: config.S3_SECRET_ACCESS_KEY,
  });
  return {
    module: WorkerParts,
    providers: [
      { provide: LOGGER, useValue: logger },
      { provide: METRICS, useValue: metrics },
      { provide: STORAGE, useValue: storage },
      { provide: DataSource, useValue: dataSource },
      { provide: Broker, useValue: broker },
    ],
    exports: [LOGGER, METRICS, STORAGE, DataSource, Broker],
  };
}
