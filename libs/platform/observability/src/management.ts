import type { Server } from 'node:http';
import { Controller, Get, Header, Inject, Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { HealthCheckService, HealthIndicatorService, TerminusModule } from '@nestjs/terminus';
import { Registry } from 'prom-client';
import type { Logger } from './logger.ts';
import { errorFields, maskText } from './mask.ts';
import { readinessMetric } from './metrics.ts';
import { nestLogger } from './nest-logger.ts';

/** Limit of one check. Probes come every few seconds, so a check that takes longer counts as failed. */
const CHECK_TIMEOUT_MS = 2_000;

/** A condition for giving work to this process. */
export interface ReadinessCheck {
  readonly name: string;
  /**
   * Resolves when the check passes, optionally with details worth knowing. Otherwise it throws an Error with a short
   * reason. It must not open connections of its own.
   */
  check(): Promise<ReadinessDetails | void>;
}

type ReadinessDetails = Readonly<Record<string, unknown>>;

export interface ManagementOptions {
  readonly host: string;
  /** 0 chooses any free port. */
  readonly port: number;
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly checks: readonly ReadinessCheck[];
  /** True once the process has begun to stop: it is alive, and not ready for more work. */
  readonly draining: () => boolean;
}

export interface Management {
  readonly port: number;
  close(): Promise<void>;
}

const OPTIONS = Symbol('management options');

@Controller('health')
class HealthController {
  constructor(
    @Inject(HealthCheckService) private readonly health: HealthCheckService,
    @Inject(HealthIndicatorService) private readonly indicators: HealthIndicatorService,
    @Inject(OPTIONS) private readonly options: ManagementOptions,
  ) {}

  /**
   * Answers as long as the event loop runs. It checks no dependency, because a database outage must not restart every
   * process.
   */
  @Get('live')
  @Header('Cache-Control', 'no-store')
  live() {
    return this.health.check([]);
  }

  /** Answers 200 when every check passes, otherwise 503 with the failed checks. */
  @Get('ready')
  @Header('Cache-Control', 'no-store')
  ready() {
    const checks = this.options.checks.map((check) => () => this.#attempt(check));
    return this.health.check([() => this.#notDraining(), ...checks]);
  }

  #attempt(check: ReadinessCheck) {
    return this.indicators
      .check(check.name)
      .attempt(() => run(check))
      .withTimeout(CHECK_TIMEOUT_MS);
  }

  #notDraining() {
    const session = this.indicators.check('accepting-work');
    return this.options.draining() ? session.down('stopping') : session.up();
  }
}

/** Runs a check. Its reason is masked, because everyone with access to the port can read it. */
async function run(check: ReadinessCheck): Promise<Record<string, unknown>> {
  try {
    return { ...(await check.check()) };
  } catch (error) {
    const reason = error instanceof Error ? errorFields(error).message : maskText(String(error));
    throw new Error(reason, { cause: error });
  }
}

/** The same verdict as /health/ready, for /metrics. */
async function isReady({ checks, draining }: ManagementOptions): Promise<boolean> {
  if (draining()) return false;
  const enough = AbortSignal.timeout(CHECK_TIMEOUT_MS);
  const late = new Promise<false>((resolve) => {
    enough.addEventListener('abort', () => {
      resolve(false);
    });
  });
  const verdicts = checks.map(async (check) => {
    const passes = run(check).then(
      () => true,
      () => false,
    );
    return await Promise.race([passes, late]);
  });
  return (await Promise.all(verdicts)).every(Boolean);
}

@Controller()
class MetricsController {
  constructor(@Inject(OPTIONS) private readonly options: ManagementOptions) {}

  @Get('metrics')
  @Header('Content-Type', Registry.PROMETHEUS_CONTENT_TYPE)
  @Header('Cache-Control', 'no-store')
  metrics(): Promise<string> {
    return this.options.metrics.metrics();
  }
}

@Module({})
class ManagementModule {
  static with(options: ManagementOptions): DynamicModule {
    return {
      module: ManagementModule,
      // Terminus would log every failed probe. The answer has the readiness, and the owner of a check logs its
      // transitions.
      imports: [TerminusModule.forRoot({ logger: false })],
      controllers: [HealthController, MetricsController],
      providers: [{ provide: OPTIONS, useValue: options }],
    };
  }
}

/**
 * Serves /health/live, /health/ready and /metrics on a port of its own, which must not be public. Rejects when the port
 * is taken. Start it first and close it last: a process that waits for its database is alive and not ready.
 */
export async function startManagement(options: ManagementOptions): Promise<Management> {
  const app = await NestFactory.create<NestExpressApplication>(ManagementModule.with(options), {
    logger: nestLogger(options.logger),
    abortOnError: false,
    forceCloseConnections: true,
  });
  app.disable('x-powered-by');
  readinessMetric(options.metrics, async () => await isReady(options));
  try {
    await app.listen(options.port, options.host);
  } catch (error) {
    await app.close();
    throw new Error(`cannot listen on ${options.host}:${options.port.toString()}`, { cause: error });
  }
  const port = portOf(app.getHttpServer());
  options.logger.info('management listening', { event: 'management.listening', address: options.host, port });
  return { port, close: () => app.close() };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the management server has no TCP address');
  return address.port;
}
