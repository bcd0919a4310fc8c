import type { IncomingMessage, Server } from 'node:http';
import { type DynamicModule, StandardSchemaValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import helmet from 'helmet';
import type { Registry } from 'prom-client';
import { httpMetrics, type Logger, nestLogger, requestLogging } from '#observability';
import { ProblemFilter } from './problem.filter.ts';
import { fieldProblems, fieldsInvalid } from './problem.ts';

/** A JSON body is a few fields; files have a route of their own, which is not parsed here. */
const JSON_BYTES_MAX = 64 * 1024;

/** The headers of a request, from its first byte: longer is a slow-loris. */
const HEADERS_TIMEOUT_MS = 10_000;
/** A whole request, headers and body. */
const REQUEST_TIMEOUT_MS = 60_000;
/** Without a byte either way. Below it, keep-alive: the server should not close what a proxy thinks is open. */
const IDLE_TIMEOUT_MS = 75_000;
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
const CONNECTIONS_MAX = 2_000;

/** A route whose JSON bodies may be larger than those of others. */
export interface LargeBodies {
  readonly method: 'POST';
  /** The whole of it: '/v1/issuers'. */
  readonly path: string;
  readonly bytesMax: number;
}

/** The app's page at /docs and document at /docs-json. */
export interface Documentation {
  readonly title: string;
  readonly description: string;
  readonly version: string;
}

export interface HttpAppOptions {
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly documentation: Documentation;
  /** Recognises the errors of a dependency that will be back: they are answered 503 instead of 500. */
  readonly isUnavailable: (error: unknown) => boolean;
  /** For a whole request, its body included. Default REQUEST_TIMEOUT_MS; uploads take longer. */
  readonly requestTimeoutMs?: number | undefined;
  /** Routes that take more JSON than JSON_BYTES_MAX. */
  readonly largeBodies?: readonly LargeBodies[] | undefined;
}

/**
 * An HTTP app as all of ours are: one log line and one measurement a request, problem+json for every refusal,
 * `@Body({ schema })` and friends checked, security headers, bounded bodies and patience, OpenAPI at /docs.
 * Not listening yet.
 */
export async function createHttpApp(module: DynamicModule, options: HttpAppOptions): Promise<NestExpressApplication> {
  const { logger, metrics, isUnavailable, documentation } = options;
  const app = await NestFactory.create<NestExpressApplication>(module, {
    logger: nestLogger(logger),
    abortOnError: false,
    bodyParser: false,
  });
  app.disable('x-powered-by');
  app.use(requestLogging({ logger, metrics: httpMetrics(metrics) }));
  // upgrade-insecure-requests would break /docs on a plain http host; TLS is the proxy's matter, and so is HSTS.
  app.use(
    helmet({
      contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
      strictTransportSecurity: false,
    }),
  );
  for (const { method, path, bytesMax } of options.largeBodies ?? []) {
    app.useBodyParser('json', { limit: bytesMax, strict: true, type: isJsonFor(method, path) });
  }
  app.useBodyParser('json', { limit: JSON_BYTES_MAX, strict: true });
  app.useGlobalPipes(
    new StandardSchemaValidationPipe({ exceptionFactory: (issues) => fieldsInvalid(fieldProblems(issues)) }),
  );
  app.useGlobalFilters(new ProblemFilter({ logger, isUnavailable }));
  boundPatience(app.getHttpServer(), options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS);

  const { title, description, version } = documentation;
  const openApi = new DocumentBuilder().setTitle(title).setDescription(description).setVersion(version).build();
  SwaggerModule.setup('docs', app, () => SwaggerModule.createDocument(app, openApi), { raw: ['json'] });
  return app;
}

/** For express's parser, which asks which requests are its own. Others are left to the parser after it. */
function isJsonFor(method: string, path: string): (request: IncomingMessage) => boolean {
  return (request) => {
    const isRoute = request.method === method && request.url?.split('?')[0] === path;
    return isRoute && /^application\/json\b/i.test(request.headers['content-type'] ?? '');
  };
}

function boundPatience(server: Server, requestTimeoutMs: number): void {
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = requestTimeoutMs;
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
  server.setTimeout(IDLE_TIMEOUT_MS);
  server.maxConnections = CONNECTIONS_MAX;
}
