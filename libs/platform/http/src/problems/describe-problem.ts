import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { z } from 'zod';
import { fieldProblems, fieldsInvalid, ProblemError, type ProblemOptions } from './problem.ts';

/** When to come back after a 503: about what a database's failover takes. */
const RETRY_AFTER_SECONDS = 5;

/**
 * The problem that a client is told for an error. It holds only text meant for clients: an unforeseen error is 500
 * without a word about its cause. `isUnavailable` recognises the errors of a dependency that will be back.
 */
export function describeProblem(error: unknown, isUnavailable: (error: unknown) => boolean): ProblemOptions {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof z.ZodError) return fieldsInvalid(fieldProblems(error.issues)).problem;
  if (error instanceof HttpException) return ofStatus(error.getStatus(), adviceOn(error));
  if (isUnavailable(error)) {
    return {
      status: 503,
      code: 'UNAVAILABLE',
      title: 'The service cannot answer right now',
      detail: 'Nothing was changed. Send the same request again in a moment.',
      headers: { 'Retry-After': RETRY_AFTER_SECONDS.toString() },
    };
  }
  return ofStatus(500, '');
}

/** 404 → NOT_FOUND, "Not Found". What a 5xx says about itself is not for the client. */
function ofStatus(status: number, detail: string): ProblemOptions {
  const title = STATUS_CODES[status] ?? 'Unknown';
  const code = title.toUpperCase().replaceAll(/[^A-Z]+/g, '_');
  return { status, code, title, detail: status < 500 ? detail : OUR_FAULT };
}

const OUR_FAULT = 'It is our fault, and was logged. If it happens again, tell the operator this requestId.';

/** The advice for an error of express or of its body parser, which is the cause of Nest's error. */
function adviceOn({ message, cause }: HttpException): string {
  if (cause instanceof URIError) return 'The path has a % that begins no character: write a % as %25.';
  if (isBodyError(cause)) return BODY_ADVICE[cause.type]?.(cause) ?? message;
  return /^Cannot [A-Z]+ \//.test(message) ? `${message}: /docs lists every route.` : message;
}

interface BodyError extends Error {
  readonly type: string;
  readonly limit?: number;
}

/** Advice for each error of express's body parser, by its type. */
const BODY_ADVICE: Readonly<Record<string, (error: BodyError) => string>> = {
  'entity.parse.failed': () => 'The body is not JSON. Check its quotes, commas and brackets.',
  'entity.too.large': ({ limit }) => `Send at most ${limit?.toString() ?? 'a few thousand'} bytes of JSON.`,
  'charset.unsupported': () => 'Send the JSON in UTF-8.',
  'encoding.unsupported': () => 'Send the body as it is, or compressed with gzip, deflate or br.',
  'request.aborted': () => 'The body broke off. Nothing was changed: send the same request again.',
  'request.size.invalid': () => 'The body does not have the length of its Content-Length. Send it again, whole.',
};

function isBodyError(error: unknown): error is BodyError {
  return error instanceof Error && 'type' in error && typeof error.type === 'string';
}
