import type { CalendarDate } from '#calendar';

/** The input and output of the commands. */
export interface CommandIo {
  /** Reads a whole file as text. Rejects if the file cannot be read. */
  readFile(path: string): Promise<string>;
  /** Reads a whole file as it is. Rejects if the file cannot be read. */
  readBytes(path: string): Promise<Uint8Array>;
  writeFile(path: string, bytes: Uint8Array): Promise<void>;
  /**
   * Reads all of standard input; undefined if it is a terminal, because its user would not know that the command waits.
   */
  readInput(): Promise<string | undefined>;
  /** Prints one line on standard output. */
  print(line: string): void;
  /** Prints one line on standard error. */
  complain(line: string): void;
  /** Today's date in São Paulo. */
  readonly today: CalendarDate;
}

/** The command line itself is wrong, not the data of the command: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
