import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type { Broker, StageBreaker } from '#broker';
import {
  claimProbe,
  deleteBreaker,
  findBreakers,
  releaseProbes,
  renewProbes,
  saveOpen,
  type SharedBreaker,
} from './stage-breaker.queries.ts';

/**
 * Synchronises the breakers of a broker with those of all other processes of its stages, through the table
 * stage_breakers. One process opens a breaker for all, one of them probes, and it closes the breaker for all.
 */
export class SharedBreakers {
  /** The owner's name in the lease on a probe. Each process has a new one. */
  readonly #me = randomUUID();

  constructor(
    private readonly broker: Broker,
    private readonly dataSource: DataSource,
  ) {}

  /** Saves the decisions of this process, adopts those of others, and probes where this process holds the lease. */
  async agree(): Promise<void> {
    const { breakers } = this.broker;
    if (breakers.length === 0) return;
    const { manager } = this.dataSource;
    for (const breaker of breakers) if (breaker.isUnsaved) await this.#save(breaker);
    if (breakers.some(({ state }) => state.is === 'half-open')) await renewProbes(manager, this.#me);
    const shared = await findBreakers(
      manager,
      breakers.map(({ queue }) => queue),
    );
    for (const breaker of breakers) {
      // Decided while the table was being read. The next round saves it.
      if (breaker.isUnsaved) continue;
      await this.#follow(breaker, shared.get(breaker.queue));
      if (breaker.state.is === 'half-open') this.broker.probe(breaker.queue);
    }
  }

  async release(): Promise<void> {
    if (this.dataSource.isInitialized) await releaseProbes(this.dataSource.manager, this.#me);
  }

  async #save(breaker: StageBreaker): Promise<void> {
    const { state, queue } = breaker;
    const { manager } = this.dataSource;
    if (state.is === 'open') {
      const { reason, openings } = state;
      await saveOpen(manager, this.#me, { stage: queue, reason, openings, probeInMs: state.probeAt - Date.now() });
    } else {
      await deleteBreaker(manager, this.#me, queue);
    }
    breaker.saved(state);
  }

  async #follow(breaker: StageBreaker, shared: SharedBreaker | undefined): Promise<void> {
    if (shared === undefined) {
      breaker.close();
      return;
    }
    if (shared.prober === this.#me && breaker.state.is === 'half-open') return;
    breaker.follow({ ...shared, openedAt: shared.openedAt.getTime() });
    const isFree = shared.prober === null && shared.probeInMs <= 0 && !this.broker.isPaused(breaker.queue);
    if (isFree && (await claimProbe(this.dataSource.manager, this.#me, breaker.queue))) breaker.beginProbing();
  }
}
