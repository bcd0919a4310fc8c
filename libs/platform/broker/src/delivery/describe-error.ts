/** The text of any thrown value. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}

export interface ErrorDescription {
  readonly type: string;
  readonly message: string;
  readonly stack?: string;
}

const STACK_CHARS_MAX = 4_000;

/** The description that a header and a dead letter carry. It is bounded, because headers are. */
export function describeError(error: unknown): ErrorDescription {
  const message = messageOf(error).slice(0, STACK_CHARS_MAX);
  if (!(error instanceof Error)) return { type: typeof error, message };
  const stack = error.stack?.slice(0, STACK_CHARS_MAX);
  return { type: error.name, message, ...(stack === undefined ? {} : { stack }) };
}
