import type { ServerResponse } from 'node:http';
import type { ProblemOptions } from './problem.ts';

/** The answer's body, RFC 9457. */
export function problemBody(problem: ProblemOptions, requestId: unknown): Buffer {
  return Buffer.from(
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
}

/** Makes the response that of a problem, whatever a handler has set on it; the body is what to send. */
export function prepareProblem(response: ServerResponse, problem: ProblemOptions): Buffer {
  const body = problemBody(problem, response.getHeader('X-Request-Id'));
  response.statusCode = problem.status;
  for (const name of ['Content-Disposition', 'Content-Encoding', 'Location']) response.removeHeader(name);
  for (const [name, value] of Object.entries(problem.headers ?? {})) response.setHeader(name, value);
  response.setHeader('Content-Type', 'application/problem+json');
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Content-Length', body.length);
  return body;
}
