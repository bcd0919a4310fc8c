/** A part of an app that runs by itself. */
export interface Loop {
  start(): void;
  /** Resolves when the round in hand is finished and no other will start. */
  stop(): Promise<void>;
}
