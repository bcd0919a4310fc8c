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
 * Keeps the breakers of a broker and those of every other process of its stages the same, through the table
 * stage_breakers: one of them opens it for all, one of them probes, and closes it for all.
 */
export class SharedBreakers {
  /** A name for the lease on a probe; a new one for each process. */
  private readonly me = randomUUID();

  constructor(
    private readonly broker: Broker,
    private readonly dataSource: DataSource,
  ) {}

  /** Tells what was decided here, takes over what was decided elsewhere, probes where it is this one's turn. */
  async agree(): Promise<void> {
    const { breakers } = this.broker;
    if (breakers.length === 0) return;
    const { manager } = this.dataSource;
    for (const breaker of breakers) if (breaker.isUnsaved) await this.save(breaker);
    if (breakers.some(({ state }) => state.is === 'half-open')) await renewProbes(manager, this.me);
    const shared = await findBreakers(
      manager,
      breakers.map(({ queue }) => queue),
    );
    for (const breaker of breakers) {
      // Decided while the table was read: it is told in the next round.
      if (breaker.isUnsaved) continue;
      await this.follow(breaker, shared.get(breaker.queue));
      if (breaker.state.is === 'half-open') this.broker.probe(breaker.queue);
    }
  }

  async release(): Promise<void> {
    if (this.dataSource.isInitialized) await releaseProbes(this.dataSource.manager, this.me);
  }

  private async save(breaker: StageBreaker): Promise<void> {
    const { state, queue } = breaker;
    const { manager } = this.dataSource;
    if (state.is === 'open') {
      const { reason, openings } = state;
      await saveOpen(manager, this.me, { stage: queue, reason, openings, probeInMs: state.probeAt - Date.now() });
    } else {
      await deleteBreaker(manager, this.me, queue);
    }
    breaker.saved(state);
  }

  private async follow(breaker: StageBreaker, shared: SharedBreaker | undefined): Promise<void> {
    if (shared === undefined) {
      breaker.close();
      return;
    }
    if (shared.prober === this.me && breaker.state.is === 'half-open') return;
    breaker.follow({ ...shared, openedAt: shared.openedAt.getTime() });
    const isFree = shared.prober === null && shared.probeInMs <= 0 && !this.broker.isPaused(breaker.queue);
    if (isFree && (await claimProbe(this.dataSource.manager, this.me, breaker.queue))) breaker.beginProbing();
  }
}
