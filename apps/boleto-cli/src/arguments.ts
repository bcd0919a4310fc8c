import { UsageError } from './command-io.ts';

/** The result of `read`, a call of node's parseArgs. Its error about an unknown option becomes a UsageError. */
export function readArguments<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : 'the options are wrong', { cause: error });
  }
}
