import type { CalendarDate } from '#calendar';

/** What the commands need of the outside world. */
export interface CommandIo {
  /** A whole file as text. Rejects if it cannot be read. */
  readFile(path: string): Promise<string>;
  writeFile(path: string, bytes: Uint8Array): Promise<void>;
  /** All of standard input; undefined if it is a terminal, where nobody would know that they are waited for. */
  readInput(): Promise<string | undefined>;
  /** One line for standard output. */
  print(line: string): void;
  /** One line for standard error. */
  complain(line: string): void;
  /** The day in São Paulo. */
  readonly today: CalendarDate;
}

/** The command is wrong, not what it is about: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
