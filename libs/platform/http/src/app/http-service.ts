import type { Server } from 'node:http';
import { Global, Module, type DynamicModule } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DataSource } from 'typeorm';
import type { ApiName } from '#contracts/http';
import { createDataSource, isRetryable, pingDatabase, poolMetrics, waitForDatabase } from '#database';
import {
  createLogger,
  createMetrics,
  startManagement,
  type Logger,
  type LogLevel,
  type Management,
} from '#observability';
import { LOGGER, METRICS, stopOnSignal, STORAGE, VERSION } from '#process';
import { createStorage, StorageUnavailableError } from '#storage';
import type { LongBodies } from '../limits/body-time.ts';
import { mustBeOfTheTable } from '../routes/route-keys.ts';
import { closeGracefully } from './close-gracefully.ts';
import { createHttpApp, type LargeBodies } from './create-http-app.ts';
import { REPLICAS } from './replicas.ts';

/** The environment of every HTTP app. */
export interface HttpServiceConfig {
  readonly DATABASE_URL: string;
  readonly DATABASE_POOL_MAX: number;
  readonly MANAGEMENT_HOST: string;
  readonly MANAGEMENT_PORT: number;
  readonly LOG_LEVEL: LogLevel;
  readonly STORAGE_URL: string;
  readonly S3_ACCESS_KEY_ID?: string | undefined;
  readonly S3_SECRET_ACCESS_KEY?: string | undefined;
  readonly SHUTDOWN_GRACE_MS: number;
  readonly HTTP_HOST: string;
  readonly HTTP_PORT: number;
  /** Host names that requests may name in addition to those of HTTP_HOST, PUBLIC_URL and the loopback. */
  readonly HTTP_HOSTS_ALLOWED: readonly string[];
  readonly TRUSTED_PROXIES: readonly string[];
  readonly CLIENT_CONNECTIONS_MAX: number;
  readonly CLIENT_MISSES_PER_MINUTE: number;
  readonly REPLICAS: number;
  readonly PUBLIC_URL: string;
}

export interface HttpServiceOptions {
  readonly name: ApiName;
  readonly config: HttpServiceConfig;
  /** The app's own controllers and providers; LOGGER, METRICS, STORAGE and DataSource are there to be injected. */
  readonly module: DynamicModule;
  readonly documentation: { readonly title: string; readonly description: string };
  /** A route whose bodies take longer than a minute. */
  readonly longBodies?: LongBodies;
  /** Routes that take more JSON than 64 KiB. */
  readonly largeBodies?: readonly LargeBodies[];
  /** Log lines go to standard output unless given. */
  readonly logStream?: NodeJS.WritableStream;
}

export interface HttpService {
  /** Resolves with the ports once requests are answered; rejects when that will never be. */
  readonly started: Promise<{ readonly port: number; readonly managementPort: number }>;
  /** Not ready at once; requests in hand are finished, for at most SHUTDOWN_GRACE_MS; then everything is closed. */
  stop(): Promise<void>;
  readonly logger: Logger;
}

/**
 * Starts an HTTP app: management (alive, not ready) → database, waited for for ever → listening, ready. It needs no
 * broker: what it publishes goes through the outbox, so a broker that is away does not make it unready.
 */
export function startHttpService(options: HttpServiceOptions): HttpService {
  const { name, config, logStream } = options;
  const logger = createLogger({
    service: name,
    version: VERSION,
    level: config.LOG_LEVEL,
    ...(logStream === undefined ? {} : { stream: logStream }),
  });
  const dataSource = createDataSource({
    url: config.DATABASE_URL,
    poolMax: config.DATABASE_POOL_MAX,
    applicationName: name,
  });
  const stopping = new AbortController();
  const running: { app?: NestExpressApplication; management?: Management } = {};
  const started = start(options, { logger, dataSource, stopping: stopping.signal, running });
  const stop = async (): Promise<void> => {
    stopping.abort(new Error('told to stop'));
    await started.catch(() => undefined);
    if (running.app !== undefined) {
      const { app } = running;
      await closeGracefully(serverOf(app), config.SHUTDOWN_GRACE_MS, () => app.close());
    }
    if (dataSource.isInitialized) await dataSource.destroy();
    await running.management?.close();
  };
  return { started, stop, logger };
}

/** Runs an HTTP app as a process, until it is told to stop. */
export async function runHttpService(options: HttpServiceOptions): Promise<void> {
  const service = startHttpService(options);
  let stopped = false;
  stopOnSignal({
    logger: service.logger,
    graceMs: options.config.SHUTDOWN_GRACE_MS,
    stop: async () => {
      stopped = true;
      await service.stop();
    },
  });
  try {
    await service.started;
  } catch (error) {
    if (stopped) return;
    await service.stop();
    throw error;
  }
}

interface Parts {
  readonly logger: Logger;
  readonly dataSource: DataSource;
  readonly stopping: AbortSignal;
  readonly running: { app?: NestExpressApplication; management?: Management };
}

async function start(options: HttpServiceOptions, { logger, dataSource, stopping, running }: Parts) {
  const { name, config, module, documentation, longBodies, largeBodies } = options;
  const metrics = createMetrics({ service: name, version: VERSION });
  poolMetrics(metrics, dataSource);
  running.management = await startManagement({
    host: config.MANAGEMENT_HOST,
    port: config.MANAGEMENT_PORT,
    logger,
    metrics,
    checks: [{ name: 'database', check: () => pingDatabase(dataSource) }],
    draining: () => stopping.aborted,
  });
  await waitForDatabase(dataSource, { logger, signal: stopping });

  const storage = await createStorage({
    url: config.STORAGE_URL,
    accessKeyId: config.S3_ACCESS_KEY_ID,
    secretAccessKey: config.S3_SECRET_ACCESS_KEY,
  });
  const parts: DynamicModule = {
    module: HttpParts,
    providers: [
      { provide: LOGGER, useValue: logger },
      { provide: METRICS, useValue: metrics },
      { provide: STORAGE, useValue: storage },
      { provide: DataSource, useValue: dataSource },
      { provide: REPLICAS, useValue: config.REPLICAS },
    ],
    exports: [LOGGER, METRICS, STORAGE, DataSource, REPLICAS],
  };
  const app = await createHttpApp(
    { module: HttpRoot, imports: [DiscoveryModule, parts, module] },
    {
      logger,
      metrics,
      documentation: { ...documentation, version: VERSION },
      servedBy: name,
      isUnavailable: (error) => isRetryable(error) || error instanceof StorageUnavailableError,
      hosts: {
        baseUrls: [config.PUBLIC_URL],
        names: [config.HTTP_HOST, ...config.HTTP_HOSTS_ALLOWED],
      },
      clients: {
        trustedProxies: config.TRUSTED_PROXIES,
        connectionsMax: config.CLIENT_CONNECTIONS_MAX,
        missesPerMinute: config.CLIENT_MISSES_PER_MINUTE,
        replicas: config.REPLICAS,
      },
      longBodies,
      largeBodies,
    },
  );
  running.app = app;
  mustBeOfTheTable(app.get(DiscoveryService));
  stopping.throwIfAborted();
  await app.listen(config.HTTP_PORT, config.HTTP_HOST);
  const port = portOf(serverOf(app));
  logger.info('listening', { event: 'service.started', address: config.HTTP_HOST, port });
  return { port, managementPort: running.management.port };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the HTTP server has no TCP address');
  return address.port;
}

function serverOf(app: NestExpressApplication): Server {
  return app.getHttpServer();
}

@Module({})
class HttpRoot {}

@Global()
@Module({})
class HttpParts {}
