import type { IncomingMessage, Server } from 'node:http';
import { StandardSchemaValidationPipe, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { Registry } from 'prom-client';
import { rateOf, routes, type ApiName, type RouteSpec } from '#contracts/http';
import { nestLogger, type Logger } from '#observability';
import { limitAnonymous } from '../limits/anonymous-rate.ts';
import { limitBodyTime, type LongBodies } from '../limits/body-time.ts';
import { limitConnections, limitGuesses, limitPipelining, type IsTrusted } from '../limits/client-limits.ts';
import { knownHosts, type HostRules } from '../limits/known-hosts.ts';
import { refuseMisdirected } from '../problems/misdirected.ts';
import { ProblemFilter } from '../problems/problem.filter.ts';
import { fieldProblems, fieldsInvalid } from '../problems/problem.ts';
import { answerUnreadable } from '../problems/unreadable.ts';
import { withRefusals } from '../routes/document-refusals.ts';
import { isFor, type RouteToMatch } from '../routes/route-match.ts';
import { KEY_SCHEME } from '../routes/route.decorator.ts';
import { BoundedExpressAdapter } from './bounded-adapter.ts';
import { httpMetrics } from './http.metrics.ts';
import { requestLogging } from './request-logging.ts';
import { securityHeaders } from './security-headers.ts';

/** A JSON body is a few fields; files have a route of their own, which is not parsed here. */
const JSON_BYTES_MAX = 64 * 1024;
/** Fields of a form that is parsed. */
const FORM_FIELDS_MAX = 20;

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
  readonly method: 'POST' | 'PATCH';
  /** The whole of it, as RouteToMatch has it: '/v1/issuers/{id}'. */
  readonly path: string;
  readonly bytesMax: number;
}

/** The limits of one address. */
export interface ClientLimits {
  /** Proxies, as addresses or CIDRs, whose X-Forwarded-For is believed; their own connections are not limited. */
  readonly trustedProxies: readonly string[];
  readonly connectionsMax: number;
  /** Requests a minute for what is not there. */
  readonly missesPerMinute: number;
  /** Processes of this app, which divide the limits in memory between them. */
  readonly replicas: number;
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
  /** The app's name in the route table: it refuses the routes of others. */
  readonly servedBy?: ApiName | undefined;
  /** Recognises the errors of a dependency that will be back: they are answered 503 instead of 500. */
  readonly isUnavailable: (error: unknown) => boolean;
  /** The hosts that requests may name and the pages they may come from. The loopback's names are always allowed. */
  readonly hosts: HostRules;
  readonly clients: ClientLimits;
  /** For a whole request, its body included. Default REQUEST_TIMEOUT_MS. */
  readonly requestTimeoutMs?: number | undefined;
  /** The route that takes longer. */
  readonly longBodies?: LongBodies | undefined;
  /** Routes that take more JSON than JSON_BYTES_MAX. */
  readonly largeBodies?: readonly LargeBodies[] | undefined;
}

/**
 * An HTTP app as all of ours are: one log line and one measurement a request, problem+json for every refusal,
 * `@Body({ schema })` and friends checked, security headers, bounded bodies and patience, OpenAPI at /docs.
 * Not listening yet.
 */
export async function createHttpApp(module: DynamicModule, options: HttpAppOptions): Promise<NestExpressApplication> {
  const { logger, metrics, isUnavailable, documentation, clients } = options;
  const app = await NestFactory.create<NestExpressApplication>(module, new BoundedExpressAdapter(), {
    logger: nestLogger(logger),
    abortOnError: false,
    bodyParser: false,
  });
  app.disable('x-powered-by');
  // Clients must not keep personal data, so there is no copy to compare an answer with.
  app.disable('etag');
  app.set('trust proxy', [...clients.trustedProxies]);
  const measured = httpMetrics(metrics);
  app.use(limitPipelining(measured));
  app.use(requestLogging({ logger, metrics: measured }));
  app.use(securityHeaders());
  app.use(knownHosts(options.hosts));
  if (options.servedBy !== undefined) app.use(refuseMisdirected(options.servedBy));
  const timeoutMs = options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
  app.use(limitBodyTime(timeoutMs, options.longBodies));
  app.use(limitAnonymous(rateOf('anonymousRequests', {}, 1 / clients.replicas)));
  app.use(limitGuesses(clients.missesPerMinute));
  for (const { method, path, bytesMax } of options.largeBodies ?? []) {
    app.useBodyParser('json', { limit: bytesMax, strict: true, type: isJsonFor({ method, path }) });
  }
  app.useBodyParser('json', { limit: JSON_BYTES_MAX, strict: true });
  // For these routes alone: pages of other sites can send a form anywhere.
  app.useBodyParser('urlencoded', {
    extended: false,
    limit: JSON_BYTES_MAX,
    parameterLimit: FORM_FIELDS_MAX,
    type: isFormForAny(routesWithForm()),
  });
  app.useGlobalPipes(
    new StandardSchemaValidationPipe({ exceptionFactory: (issues) => fieldsInvalid(fieldProblems(issues)) }),
  );
  app.useGlobalFilters(new ProblemFilter({ logger, isUnavailable }));
  boundPatience(app.getHttpServer(), Math.max(timeoutMs, options.longBodies?.timeoutMs ?? 0));
  limitConnections(app.getHttpServer(), { max: clients.connectionsMax, isTrusted: trustOf(app), metrics: measured });
  answerUnreadable(app.getHttpServer(), { logger, metrics: measured });

  const { title, description, version } = documentation;
  const openApi = new DocumentBuilder()
    .setTitle(title)
    .setDescription(description)
    .setVersion(version)
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key: sbk_live_… or sbk_test_…' }, KEY_SCHEME)
    .build();
  // The route table gives each operation its one tag. The names of controllers would list it a second time.
  const document = () => withRefusals(SwaggerModule.createDocument(app, openApi, { autoTagControllers: false }));
  SwaggerModule.setup('docs', app, document, { raw: ['json'] });
  return app;
}

/** For express's parser, which asks which requests are its own. Others are left to the parser after it. */
function isJsonFor(route: RouteToMatch): (request: IncomingMessage) => boolean {
  return (request) => isFor(request, route) && /^application\/json\b/i.test(request.headers['content-type'] ?? '');
}

/** The routes of the table that take a form of fields. */
function routesWithForm(): readonly RouteToMatch[] {
  const table: Readonly<Record<string, RouteSpec>> = routes;
  return Object.entries(table).flatMap(([key, { urlEncoded }]) => {
    const [method = '', path = ''] = key.split(' ');
    return urlEncoded === undefined ? [] : [{ method, path }];
  });
}

function isFormForAny(taken: readonly RouteToMatch[]): (request: IncomingMessage) => boolean {
  return (request) =>
    /^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? '') &&
    taken.some((route) => isFor(request, route));
}

/** The function that express has made of the trusted proxies. */
function trustOf(app: NestExpressApplication): IsTrusted {
  const compiled: (address: string, hop: number) => boolean = app.getHttpAdapter().getInstance().get('trust proxy fn');
  return (address) => compiled(address, 0);
}

function boundPatience(server: Server, requestTimeoutMs: number): void {
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = requestTimeoutMs;
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
  server.setTimeout(IDLE_TIMEOUT_MS);
  server.maxConnections = CONNECTIONS_MAX;
}
