import { failureClasses, type QueueName } from '#contracts';
import type { Outcome } from '../delivery/outcome.ts';
import {
  breakerSettings,
  closedBreaker,
  closeIfQuiet,
  halfOpen,
  recordSample,
  type BreakerSettings,
  type BreakerState,
} from './breaker.ts';

const REASON_CHARS_MAX = 300;

export interface StageBreakerOptions {
  readonly retryDelaysMs: readonly number[];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly onChange: (queue: QueueName, state: BreakerState) => void;
}

/**
 * The breaker of one stage in one process. Its own decisions are `unsaved` until `saved` confirms that the other
 * processes know them. Decisions of the other processes arrive through `follow` and `close`.
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

  /**
   * Records the outcome of a delivery that was worked on. Throttling is ignored, because it proves nothing about a
   * provider.
   */
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

  /** Checks the time while there are no deliveries: the breaker may have been quiet for long enough to close. */
  look(): void {
    this.#decide(closeIfQuiet(this.#state, this.#options.now(), this.#settings));
  }

  /** Confirms that the other processes know `state`. Later decisions stay unsaved. */
  saved(state: BreakerState): void {
    if (this.#state === state) this.#unsaved = false;
  }

  /** Adopts the shared decision that the breaker is open. `probeInMs` may already be over. */
  follow(open: {
    readonly reason: string;
    readonly openings: number;
    readonly openedAt: number;
    readonly probeInMs: number;
  }): void {
    const { reason, openings, openedAt, probeInMs } = open;
    this.#adopt({ is: 'open', reason, openings, openedAt, probeAt: this.#options.now() + Math.max(0, probeInMs) });
  }

  /** Lets this process probe the provider. */
  beginProbing(): void {
    const now = this.#options.now();
    // Another clock has decided that the wait is over.
    this.#adopt(halfOpen(this.#state, this.#state.is === 'open' ? Math.max(now, this.#state.probeAt) : now));
  }

  /** Adopts the shared decision that the breaker is closed. */
  close(): void {
    if (this.#state.is !== 'closed') this.#adopt(closedBreaker);
  }

  #adopt(state: BreakerState): void {
    this.#unsaved = false;
    this.#become(state);
  }

  #decide(state: BreakerState): void {
    // The success of one of two probes is of no interest to other processes.
    if (state.is !== this.#state.is && state.is !== 'half-open') this.#unsaved = true;
    this.#become(state);
  }

  #become(state: BreakerState): void {
    const changed = this.#state.is !== state.is;
    this.#state = state;
    if (changed) this.#options.onChange(this.queue, state);
  }
}
