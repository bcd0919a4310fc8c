import { STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from '#observability';
import type { HttpMetrics } from '../app/http.metrics.ts';
import { prepareProblem, problemBody } from './answer-problem.ts';
import type { ProblemOptions } from './problem.ts';

export const REQUEST_TIMEOUT: ProblemOptions = {
  status: 408,
  code: 'REQUEST_TIMEOUT',
  title: 'The request did not come in time',
  detail: 'Nothing was changed. Send the same request again, without a pause in it.',
};

/** The problem of a request that cannot be read to its end, by Node's code for the reason. */
const PROBLEMS: Readonly<Record<string, ProblemOptions>> = {
  ERR_HTTP_REQUEST_TIMEOUT: REQUEST_TIMEOUT,
  HPE_HEADER_OVERFLOW: {
    status: 431,
    code: 'HEADERS_TOO_LARGE',
    title: 'The headers are too large',
    detail: 'Send at most 16 KiB of headers, the URL included: fewer cookies, a shorter query.',
  },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: {
    status: 413,
    code: 'PAYLOAD_TOO_LARGE',
    title: 'The body is too large',
    detail: 'Send the body without chunk extensions, or with its Content-Length.',
  },
};

/** Codes of a client that is gone, in the middle of a body too. */
const GONE: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'HPE_INVALID_EOF_STATE']);

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

export const MALFORMED: ProblemOptions = {
  status: 400,
  code: 'REQUEST_MALFORMED',
  title: 'What came is not an HTTP request',
  detail: 'Send HTTP/1.1, with one Host header and without TLS: a proxy in front ends it.',
};

/**
 * Answers what breaks off or cannot be parsed with a problem, as every refusal is: Node's own answer has no body, and
 * is neither logged nor measured.
 */
export function answerUnreadable(server: Server, { logger, metrics }: { logger: Logger; metrics: HttpMetrics }): void {
  /** The answer that is owed on a connection: it has a line and a measurement of its own. */
  const owed = new WeakMap<object, Exchange>();
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    owed.set(request.socket, { request, response });
  });
  server.on('clientError', (error: Error & { readonly code?: string }, socket: Socket) => {
    // A peer that is gone reads no answer.
    if (!socket.writable || GONE.has(error.code ?? '')) {
      socket.destroy();
      return;
    }
    const problem = PROBLEMS[error.code ?? ''] ?? MALFORMED;
    const exchange = owed.get(socket);
    if (exchange !== undefined && !exchange.response.writableEnded) {
      answerBroken(exchange, problem);
      return;
    }
    metrics.refused(problem.code);
    logger.info('unreadable request', { event: 'http.unreadable', status: problem.status, problem: problem.code });
    socket.write(rawAnswer(problem));
    socket.destroySoon();
  });
}

/** Its handler is told by the request, which breaks off: it may wait for the rest of the body. */
export function answerBroken({ request, response }: Exchange, problem: ProblemOptions): void {
  // A half-sent answer cannot be taken back, so the connection is broken.
  if (response.headersSent) {
    request.destroy();
    return;
  }
  response.setHeader('Connection', 'close');
  response.end(prepareProblem(response, problem), () => {
    request.destroy();
  });
}

function rawAnswer(problem: ProblemOptions): string {
  const body = problemBody(problem, undefined);
  return [
    `HTTP/1.1 ${problem.status.toString()} ${STATUS_CODES[problem.status] ?? ''}`,
    'Content-Type: application/problem+json',
    'Cache-Control: no-store',
    `Content-Length: ${body.length.toString()}`,
    'Connection: close',
    '',
    body.toString(),
  ].join('\r\n');
}
