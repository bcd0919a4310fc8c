import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { findRoute, routes, type ApiName } from '#contracts/http';
import {
  answerUnreadable,
  answerWithProblem,
  closeGracefully,
  httpMetrics,
  knownHosts,
  limitBodyTime,
  limitConnections,
  limitPipelining,
  ProblemError,
  requestLogging,
  securityHeaders,
  type HttpMetrics,
  type ProblemOptions,
} from '#http/server';
import { createLogger, createMetrics, startManagement, type Logger } from '#observability';
import { VERSION } from '#process';
import { trustOf, withClientOrigin, type IsTrusted } from './client-origin.ts';
import type { Config } from './config.ts';
import { answerDocumentation } from './documentation.ts';
import { forward } from './forward.ts';

/** The headers of a request, from its first byte: longer is a slow-loris. */
const HEADERS_TIMEOUT_MS = 10_000;
/** A whole request, headers and body. */
const REQUEST_TIMEOUT_MS = 60_000;
/** The same for an upload. upload-api has the closer limits, of time and of pace. */
const UPLOAD_TIMEOUT_MS = 65 * 60_000;
/** Without a byte either way. Below it, keep-alive: the server should not close what a proxy thinks is open. */
const IDLE_TIMEOUT_MS = 75_000;
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
const CONNECTIONS_MAX = 2_000;
/** How often the server looks for requests beyond their time. Node's own is 30 s. */
const CHECK_CONNECTIONS_EVERY_MS = 2_000;

export interface Gateway {
  readonly port: number;
  readonly managementPort: number;
  readonly logger: Logger;
  /** Not ready at once; requests in hand are finished, for at most SHUTDOWN_GRACE_MS; then everything is closed. */
  stop(): Promise<void>;
}

type Handler = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => unknown;

/** Listens as the one public address. `logStream`: log lines go to standard output unless given. */
export async function startGateway(config: Config, logStream?: NodeJS.WritableStream): Promise<Gateway> {
  const logger = createLogger({
    service: 'gateway',
    version: VERSION,
    level: config.LOG_LEVEL,
    ...(logStream === undefined ? {} : { stream: logStream }),
  });
  const metrics = createMetrics({ service: 'gateway', version: VERSION });
  const draining = { started: false };
  // An API that is away is told for its own routes; the gateway goes on with the others.
  const management = await startManagement({
    host: config.MANAGEMENT_HOST,
    port: config.MANAGEMENT_PORT,
    logger,
    metrics,
    checks: [],
    draining: () => draining.started,
  });
  const server = serverOf(config, { logger, metrics: httpMetrics(metrics) });
  await listen(server, config);
  const port = portOf(server);
  logger.info('listening', { event: 'service.started', address: config.HTTP_HOST, port });
  const stop = async (): Promise<void> => {
    draining.started = true;
    await closeGracefully(server, config.SHUTDOWN_GRACE_MS, () => closed(server));
    await management.close();
  };
  return { port, managementPort: management.port, logger, stop };
}

function serverOf(config: Config, { logger, metrics }: { logger: Logger; metrics: HttpMetrics }): Server {
  const isTrusted = trustOf(config.TRUSTED_PROXIES);
  const handlers: readonly Handler[] = [
    limitPipelining(metrics),
    requestLogging({ logger, metrics }),
    securityHeaders(),
    knownHosts({
      baseUrls: [config.PUBLIC_URL],
      names: [config.HTTP_HOST, ...config.HTTP_HOSTS_ALLOWED],
    }),
    limitBodyTime(REQUEST_TIMEOUT_MS, { method: 'POST', path: '/v1/batches', timeoutMs: UPLOAD_TIMEOUT_MS }),
    route(config, isTrusted, logger),
  ];
  const server = createServer(
    // A request without Host is refused by knownHosts, with a reason.
    { connectionsCheckingInterval: CHECK_CONNECTIONS_EVERY_MS, requireHostHeader: false },
    (request, response) => {
      runHandlers(handlers, request, response, logger);
    },
  );
  // An expectation that we do not know is ignored: Node's own answer, 417, has no body.
  server.on('checkExpectation', (...exchange: unknown[]) => server.emit('request', ...exchange));
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = UPLOAD_TIMEOUT_MS;
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
  server.setTimeout(IDLE_TIMEOUT_MS);
  server.maxConnections = CONNECTIONS_MAX;
  limitConnections(server, { max: config.CLIENT_CONNECTIONS_MAX, isTrusted, metrics });
  answerUnreadable(server, { logger, metrics });
  return server;
}

/** One after the other, as express runs middleware; the first error ends it. */
function runHandlers(
  handlers: readonly Handler[],
  request: IncomingMessage,
  response: ServerResponse,
  logger: Logger,
): void {
  const [handler, ...rest] = handlers;
  if (handler === undefined) return;
  handler(request, response, (error) => {
    if (error === undefined) runHandlers(rest, request, response, logger);
    else if (error instanceof ProblemError) void answerWithProblem(request, response, error.problem);
    else {
      logger.error('request failed', { event: 'http.failed', error });
      response.destroy();
    }
  });
}

/** The last handler: the app of the route table, or 404. */
function route(config: Config, isTrusted: IsTrusted, logger: Logger): Handler {
  const { host } = new URL(config.PUBLIC_URL);
  const upstreams: Readonly<Record<ApiName, URL>> = {
    'upload-api': new URL(config.UPLOAD_API_URL),
    'billing-api': new URL(config.BILLING_API_URL),
  };
  return (request, response) => {
    const refuse = (problem: ProblemOptions): void => void answerWithProblem(request, response, problem);
    const documents = [upstreams['billing-api'], upstreams['upload-api']] as const;
    const headers = { ...withClientOrigin({}, request, isTrusted), host };
    if (answerDocumentation(request, response, { upstreams: [...documents], headers, logger, refuse })) return;
    const found = servedBy(request);
    if (found === undefined) {
      refuse(NOT_FOUND);
      return;
    }
    // For the line and the measurement of the request, as express writes routes.
    Object.assign(request, { route: { path: found.label } });
    forward(request, response, { upstream: upstreams[found.app], isTrusted, refuse });
  };
}

const DOCUMENTATION = /^\/docs(?:-json)?(?:[/?]|$)/;

function servedBy({ method = '', url = '' }: IncomingMessage): { app: ApiName; label: string } | undefined {
  const key = findRoute(method, url);
  if (key !== undefined) {
    const [, path = ''] = key.split(' ');
    return { app: routes[key].servedBy, label: path.replaceAll(/\{(\w+)\}/g, ':$1') };
  }
  const isRead = method === 'GET' || method === 'HEAD';
  return isRead && DOCUMENTATION.test(url) ? { app: 'billing-api', label: '/docs' } : undefined;
}

const NOT_FOUND: ProblemOptions = {
  status: 404,
  code: 'NOT_FOUND',
  title: 'Not Found',
  detail: 'There is no such route: /docs lists every one, with its method.',
};

function listen(server: Server, { HTTP_PORT, HTTP_HOST }: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(HTTP_PORT, HTTP_HOST, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the HTTP server has no TCP address');
  return address.port;
}
