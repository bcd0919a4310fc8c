/** A failure that the reader can act on: printed as its message alone, without a stack trace. */
export class UserError extends Error {
  /**
   * @param {string} message What is wrong and what to do next.
   * @param {{ exitCode?: number, cause?: unknown }} [options]
   */
  constructor(message, options = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'UserError';
    this.exitCode = options.exitCode ?? 1;
  }
}
