import { type QueueName, failureClasses } from '#contracts';
import {
  breakerSettings,
  closeIfQuiet,
  closedBreaker,
  halfOpen,
  recordSample,
  type BreakerSettings,
  type BreakerState,
} from './breaker.ts';
import type { Outcome } from '../delivery/outcome.ts';

const REASON_CHARS_MAX = 300;

export interface StageBreakerOptions {
  readonly retryDelaysMs: readonly number[];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly onChange: (queue: QueueName, state: BreakerState) => void;
}

/**
 * The breaker of one stage in one process. What it decides by itself is `unsaved` until whoever shares it with the other
 * processes says that they know; what they decided comes in by `adopt`.
 */
export class StageBreaker {
  readonly #settings: BreakerSettings;
  readonly #options: StageBreakerOptions;
  #state: BreakerState = closedBreaker;
  #unsaved = false;

  constructor(
    readonly queue: QueueName,
    options: StageBreakerOptions,
  ) {
    this.#options = options;
    this.#settings = breakerSettings(options.retryDelaysMs);
  }

  get state(): BreakerState {
    return this.#state;
  }

  get isUnsaved(): boolean {
    return this.#unsaved;
  }

  /** What a delivery that was worked on came to. Too much at once says nothing of a provider. */
  record(outcome: Outcome): void {
    const at = this.#options.now();
    if (outcome.kind === 'done') {
      this.#decide(recordSample(this.#state, { at, failed: false }, this.#settings));
      return;
    }
    if (outcome.failureClass === 'throttled') return;
    const failed = failureClasses[outcome.failureClass].opensBreaker;
    const sample = failed
      ? ({ at, failed, reason: outcome.reason.slice(0, REASON_CHARS_MAX) } as const)
      : ({ at, failed } as const);
    this.#decide(recordSample(this.#state, sample, this.#settings));
  }

  /** Nothing is being tried: it may have been quiet for long enough. */
  look(): void {
    this.#decide(closeIfQuiet(this.#state, this.#options.now(), this.#settings));
  }

  /** The other processes know `state`. What was decided since stays unsaved. */
  saved(state: BreakerState): void {
    if (this.#state === state) this.#unsaved = false;
  }

  /** The processes have agreed that it is open; `probeInMs` may be over already. */
  follow(open: {
    readonly reason: string;
    readonly openings: number;
    readonly openedAt: number;
    readonly probeInMs: number;
  }): void {
    const { reason, openings, openedAt, probeInMs } = open;
    this.#adopt({ is: 'open', reason, openings, openedAt, probeAt: this.#options.now() + Math.max(0, probeInMs) });
  }

  /** This process is the one that may try whether the provider is back. */
  beginProbing(): void {
    const now = this.#options.now();
    // Whether the wait is over was agreed by another clock.
    this.#adopt(halfOpen(this.#state, this.#state.is === 'open' ? Math.max(now, this.#state.probeAt) : now));
  }

  /** The processes have agreed that it is closed. */
  close(): void {
    if (this.#state.is !== 'closed') this.#adopt(closedBreaker);
  }

  #adopt(state: BreakerState): void {
    this.#unsaved = false;
    this.#become(state);
  }

  #decide(state: BreakerState): void {
    // That one of two probes succeeded is nobody else's business.
    if (state.is !== this.#state.is && state.is !== 'half-open') this.#unsaved = true;
    this.#become(state);
  }

  #become(state: BreakerState): void {
    const changed = this.#state.is !== state.is;
    this.#state = state;
    if (changed) this.#options.onChange(this.queue, state);
  }
}
