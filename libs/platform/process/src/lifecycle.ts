/** A part of an app that starts and stops with it. */
export interface Loop {
  start(): void;
  /** Resolves when the current round is finished and no other will start. */
  stop(): Promise<void>;
}
