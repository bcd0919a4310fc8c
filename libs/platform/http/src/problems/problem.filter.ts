import type { IncomingMessage, ServerResponse } from 'node:http';
import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { addLogContext, type Logger } from '#observability';
import { answerWithProblem } from '../limits/linger.ts';
import { describeProblem } from './describe-problem.ts';

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
    addLogContext({ problem: problem.code });
    // A refusal is on the request's own line; only what is our fault deserves another.
    if (problem.status >= 500) {
      this.options.logger.error('request failed', { event: 'http.failed', status: problem.status, error });
    }
    await answerWithProblem(request, response, problem);
  }
}
