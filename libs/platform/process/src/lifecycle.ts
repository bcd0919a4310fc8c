/** A part of an app that starts or stops with it. */
export interface Lifecycle {
  start?(): void;
  /** Resolves when the current round is finished and no other will start. */
  stop?(): Promise<void>;
}
