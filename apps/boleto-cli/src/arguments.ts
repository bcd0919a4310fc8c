import { UsageError } from './command-io.ts';

/** What `read`, a call of node's parseArgs, gives; its complaint about an option it does not know as a UsageError. */
export function readArguments<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : 'the options are wrong', { cause: error });
  }
}
