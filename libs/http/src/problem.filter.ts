import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { Logger } from '#observability';
import { describeProblem } from './describe-problem.ts';
import { answerUnreadRequest, hasUnreadBody } from './linger.ts';
import type { ProblemOptions } from './problem.ts';

export interface ProblemFilterOptions {
  readonly logger: Logger;
  readonly isUnavailable: (error: unknown) => boolean;
}

/** The only place where an error becomes an answer. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly options: ProblemFilterOptions) {}

  async catch(error: unknown, host: ArgumentsHost): Promise<void> {
    const request = host.switchToHttp().getRequest<IncomingMessage>();
    const response = host.switchToHttp().getResponse<ServerResponse>();
    const problem = describeProblem(error, this.options.isUnavailable);
    // A refusal is on the request's own line; only what is our fault deserves another.
    if (problem.status >= 500) {
      this.options.logger.error('request failed', { event: 'http.failed', status: problem.status, error });
    }
    if (response.headersSent) {
      // Half an answer is out: a broken connection is the only way left to say that the rest will not come.
      response.destroy();
      return;
    }
    await send(request, response, problem);
  }
}

async function send(request: IncomingMessage, response: ServerResponse, problem: ProblemOptions): Promise<void> {
  const requestId = response.getHeader('X-Request-Id');
  const body = Buffer.from(
    JSON.stringify({
      type: `urn:problem-type:smart-billing:${problem.code}`,
      title: problem.title,
      status: problem.status,
      code: problem.code,
      detail: problem.detail,
      requestId,
      ...problem.extra,
    }),
  );
  response.statusCode = problem.status;
  for (const name of ['Content-Disposition', 'Content-Encoding', 'Location']) response.removeHeader(name);
  for (const [name, value] of Object.entries(problem.headers ?? {})) response.setHeader(name, value);
  response.setHeader('Content-Type', 'application/problem+json');
  response.setHeader('Cache-Control', 'no-store');
  if (hasUnreadBody(request)) {
    await answerUnreadRequest(request, response, body);
    return;
  }
  response.setHeader('Content-Length', body.length);
  response.end(body);
}
