export interface Child {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** Its exit code; null when a signal ended it. */
  readonly exited: Promise<number | null>;
  /** undefined while it runs */
  ended(): { code: number | null } | undefined;
  /** The last lines of its log. */
  tail(count?: number): string;
  /** SIGTERM to its process group, SIGKILL after a grace; waits until it is gone. */
  stop(): Promise<void>;
}

export interface SpawnOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly stopSignal?: NodeJS.Signals;
}

/** One run of the local stack: its folder below .local, its processes, and what must be undone at the end. */
export class Run {
  readonly id: string;
  readonly folder: string;
  readonly signal: AbortSignal;
  addTemporary(folder: string): void;
  addCleanup(cleanup: () => Promise<void> | void): void;
  spawn(name: string, command: string, args: readonly string[], options?: SpawnOptions): Child;
  stop(): Promise<void>;
}
