import { Agent, request as requestOf, type ClientRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { discardRest, hasUnreadBody, type ProblemOptions } from '#http/server';
import { withClientOrigin, type IsTrusted } from './client-origin.ts';
import { endToEndHeaders } from './hop-by-hop.ts';

/** An app on the same network that has not taken a connection by then is away. */
const CONNECT_TIMEOUT_MS = 5_000;
/** A pause of a second in a failover; the app's own limit is longer. */
const RETRY_AFTER_SECONDS = 5;

const idle = new Agent({ keepAlive: true, maxFreeSockets: 64 });
/** Opens a connection for each request, because a connection that the app has just closed would lose a sent body. */
const fresh = new Agent({ keepAlive: false });

export interface Forwarding {
  /** Base URL of the app. */
  readonly upstream: URL;
  readonly isTrusted: IsTrusted;
  /** Answers with a problem instead. */
  readonly refuse: (problem: ProblemOptions) => void;
}

/**
 * Sends a request on to an app, and its answer back, byte by byte as they come; what goes one way never waits for the
 * other. An answer that comes before the body is whole is passed on at once, and the rest of the body is thrown away.
 */
export function forward(request: IncomingMessage, response: ServerResponse, forwarding: Forwarding): void {
  const hasBody = hasUnreadBody(request);
  const upstream = open(request, response, forwarding, hasBody);
  const connecting = setTimeout(() => {
    upstream.destroy(new Error('no connection in time'));
  }, CONNECT_TIMEOUT_MS);
  const connected = (): void => {
    clearTimeout(connecting);
  };
  upstream.once('close', connected).once('socket', (socket) => {
    if (socket.connecting) socket.once('connect', connected);
    else connected();
  });

  let answer: IncomingMessage | undefined;
  upstream.once('response', (received: IncomingMessage) => {
    answer = received;
    passOn(request, response, received);
  });
  upstream.on('error', (error: NodeJS.ErrnoException) => {
    request.unpipe(upstream);
    // An app that has answered may close the connection while the body is still on its way: the answer stands.
    if (answer !== undefined || response.destroyed) return;
    if (upstream.reusedSocket && !hasBody && error.code === 'ECONNRESET') {
      forward(request, response, forwarding);
      return;
    }
    forwarding.refuse(isAway(error, upstream) ? UPSTREAM_AWAY : UPSTREAM_BROKEN);
  });
  response.once('close', () => {
    // The client is gone before its answer was whole: the app is told, by the end of its connection.
    if (!response.writableFinished) upstream.destroy();
  });
  // Work of minutes is silent until it is done. While a body comes or an answer goes, the server's limit holds.
  if (!hasBody) request.socket.setTimeout(0);
  else request.once('end', () => request.socket.setTimeout(0));
}

function open(
  request: IncomingMessage,
  response: ServerResponse,
  { upstream, isTrusted }: Forwarding,
  hasBody: boolean,
): ClientRequest {
  const headers = withClientOrigin(endToEndHeaders(request), request, isTrusted);
  const opened = requestOf({
    host: upstream.hostname.replace(/^\[|\]$/g, ''),
    port: upstream.port === '' ? 80 : Number(upstream.port),
    method: request.method,
    path: request.url,
    headers: {
      ...headers,
      'x-request-id': String(response.getHeader('X-Request-Id')),
      ...(hasBody && headers['content-length'] === undefined ? { 'transfer-encoding': 'chunked' } : {}),
    },
    agent: hasBody ? fresh : idle,
  });
  if (hasBody) request.pipe(opened);
  else opened.end();
  return opened;
}

function passOn(request: IncomingMessage, response: ServerResponse, answer: IncomingMessage): void {
  for (const [name, values] of Object.entries(endToEndHeaders(answer))) {
    response.setHeader(name, values.length === 1 ? (values[0] ?? '') : values);
  }
  // The rest of the body is discarded, so no request can follow on this connection.
  if (hasUnreadBody(request)) response.setHeader('Connection', 'close');
  response.writeHead(answer.statusCode ?? 502, answer.statusMessage);
  response.flushHeaders();
  answer.pipe(response, { end: false });
  answer.once('end', () => {
    void endAnswer(request, response);
  });
  // Half an answer cannot be taken back: only a broken connection says that the rest will not come.
  answer.once('aborted', () => response.destroy()).once('error', () => response.destroy());
}

/** Closing at once would reset the connection, and the reset overtakes the answer. */
async function endAnswer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (hasUnreadBody(request)) {
    request.unpipe();
    await discardRest(request);
  }
  response.end();
}

function isAway(error: NodeJS.ErrnoException, upstream: ClientRequest): boolean {
  return upstream.socket?.connecting !== false || error.code === 'ECONNREFUSED';
}

export const UPSTREAM_AWAY: ProblemOptions = {
  status: 503,
  code: 'UPSTREAM_AWAY',
  title: 'The part of the system that answers this does not run right now',
  detail: 'Nothing was changed. Send the same request again in a moment.',
  headers: { 'Retry-After': RETRY_AFTER_SECONDS.toString() },
};

const UPSTREAM_BROKEN: ProblemOptions = {
  status: 502,
  code: 'UPSTREAM_BROKEN',
  title: 'The part of the system that answers this broke off',
  detail:
    'Whether something was changed is not known. Look first, or send the same request again: the same file is one batch.',
};
