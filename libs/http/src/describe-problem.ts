import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { z } from 'zod';
import { fieldProblems, fieldsInvalid, ProblemError, type ProblemOptions } from './problem.ts';

/** When to come back after a 503: about what a database's failover takes. */
const RETRY_AFTER_SECONDS = 5;

/**
 * What an error is to the client. Only what was meant for it: an error that nobody foresaw is 500 without a word about
 * its cause. `isUnavailable` recognises the errors of a dependency that will be back.
 */
export function describeProblem(error: unknown, isUnavailable: (error: unknown) => boolean): ProblemOptions {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof z.ZodError) return fieldsInvalid(fieldProblems(error.issues)).problem;
  if (error instanceof HttpException) return ofStatus(error.getStatus(), error.message);
  if (isBodyError(error)) return ofStatus(error.status, error.message);
  if (isUnavailable(error)) {
    return {
      status: 503,
      code: 'UNAVAILABLE',
      title: 'The service cannot answer right now',
      detail: 'Nothing was changed. Send the same request again in a moment.',
      headers: { 'Retry-After': RETRY_AFTER_SECONDS.toString() },
    };
  }
  return ofStatus(500, undefined);
}

/** 404 → NOT_FOUND, "Not Found". What a 5xx says about itself is not for the client. */
function ofStatus(status: number, detail: string | undefined): ProblemOptions {
  const title = STATUS_CODES[status] ?? 'Unknown';
  const code = title.toUpperCase().replaceAll(/[^A-Z]+/g, '_');
  return { status, code, title, detail: status < 500 ? detail : undefined };
}

/** What express's body parser throws: it marks the errors whose text may be shown. */
function isBodyError(error: unknown): error is Error & { status: number } {
  return (
    error instanceof Error &&
    'expose' in error &&
    error.expose === true &&
    'status' in error &&
    typeof error.status === 'number'
  );
}
