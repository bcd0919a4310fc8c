import { z } from 'zod';

/** The answer to a refused request: RFC 9457, plus a `code` that is stable and an id to find the log line. */
export const problemSchema = z
  .looseObject({
    type: z.string().meta({ example: 'urn:problem-type:smart-billing:NOT_FOUND' }),
    title: z.string().meta({ description: 'The same for every problem of this code.' }),
    status: z.int(),
    code: z.string().meta({ description: 'Stable; branch on this, not on the texts.', example: 'NOT_FOUND' }),
    detail: z.string().optional().meta({ description: 'What is wrong with this request.' }),
    requestId: z.string().optional().meta({ description: 'X-Request-Id of the answer.' }),
    errors: z
      .array(z.object({ field: z.string(), code: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'Every field that is wrong, at once.' }),
  })
  .meta({ id: 'Problem' });

export interface ProblemOptions {
  /** HTTP status, 4xx or 5xx. */
  readonly status: number;
  /** SCREAMING_SNAKE_CASE, stable: clients branch on it. */
  readonly code: string;
  /** A short sentence, the same for every problem of this code. */
  readonly title: string;
  /** The fault of this request. It goes to the client: no secrets, no personal data that it did not send. */
  readonly detail?: string | undefined;
  /** Further members of the body. */
  readonly extra?: Readonly<Record<string, unknown>> | undefined;
  /** Further headers of the answer, such as Retry-After. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly cause?: unknown;
}

/** Thrown by request handlers for every answer that is a refusal; the filter of createHttpApp sends it. */
export class ProblemError extends Error {
  readonly problem: ProblemOptions;

  constructor(problem: ProblemOptions) {
    super(problem.detail ?? problem.title, problem.cause === undefined ? undefined : { cause: problem.cause });
    this.name = 'ProblemError';
    this.problem = problem;
  }
}

/** One field of a request that is wrong. `field` is a path such as `account.agencia`. */
export interface FieldProblem {
  readonly field: string;
  readonly code: string;
  readonly message: string;
}

/** 400 FIELD_INVALID: every field that is wrong, at once. */
export function fieldsInvalid(errors: readonly FieldProblem[]): ProblemError {
  const detail = errors.map(({ field, message }) => (field === '' ? message : `${field}: ${message}`)).join('; ');
  return new ProblemError({
    status: 400,
    code: 'FIELD_INVALID',
    title: 'A field is invalid',
    detail,
    extra: { errors },
  });
}

/** The part of a zod issue, or of any Standard Schema issue, that is told. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  readonly code?: string;
}

/** Issues as field problems. Their messages come from the schema and never repeat the value. */
export function fieldProblems(issues: readonly SchemaIssue[], prefix = ''): readonly FieldProblem[] {
  return issues.map(({ message, path = [], code = 'invalid' }) => ({
    field: [...(prefix === '' ? [] : [prefix]), ...path.map(segmentText)].join('.'),
    code,
    message,
  }));
}

function segmentText(segment: PropertyKey | { readonly key: PropertyKey }): string {
  return String(typeof segment === 'object' ? segment.key : segment);
}
